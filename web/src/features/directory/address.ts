/** Readable addresses of experts, as gateway/site/addresses.py makes them: `/experts/{slug}-{short id}`. */
const DIGITS = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
const WIDTH = 22;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const LONGEST_SLUG = 60;
const LETTERS: Record<string, string> = {
  ß: "ss",
  æ: "ae",
  œ: "oe",
  ø: "o",
  đ: "d",
  ł: "l",
  þ: "th",
  ı: "i",
};

type Named = { consultant_id: string; first_name: string; last_name: string };

function slug(name: string): string {
  const plain = [...name.toLowerCase()]
    .map((letter) => LETTERS[letter] ?? letter)
    .join("")
    .normalize("NFKD")
    .replace(/[^ -~]/g, "");
  const made = plain
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-/, "")
    .slice(0, LONGEST_SLUG)
    .replace(/-$/, "");
  return made || "expert";
}

/** The address of an expert's page. */
export function expertPath(expert: Named): string {
  const hex = expert.consultant_id.replaceAll("-", "");
  if (!/^[0-9a-f]{32}$/.test(hex)) return `/experts/${expert.consultant_id}`;
  let number = BigInt(`0x${hex}`);
  let digits = "";
  for (; number > 0n; number /= 58n) digits = DIGITS[Number(number % 58n)] + digits;
  const name = `${expert.first_name} ${expert.last_name}`;
  return `/experts/${slug(name)}-${digits.padStart(WIDTH, DIGITS[0])}`;
}

/** The id that such an address ends in; old addresses have it written out. */
export function expertId(segment: string): string {
  const short = segment.slice(segment.lastIndexOf("-") + 1);
  if (UUID.test(segment) || short.length !== WIDTH) return segment;
  let number = 0n;
  for (const character of short) {
    const digit = DIGITS.indexOf(character);
    if (digit < 0) return segment;
    number = number * 58n + BigInt(digit);
  }
  const written = number.toString(16).padStart(32, "0");
  return written.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
