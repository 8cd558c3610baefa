// Letters that turn the direction of writing end an address: it must read as it leads.
const ADDRESS =
  /https?:\/\/[^\s<>"'\u200e\u200f\u202a-\u202e\u2066-\u2069]+[^\s<>"'.,;:!?)\]\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Somebody's words, as text; web addresses in them as links that give nothing of this page away. */
export function Linked({ text }: { text: string }) {
  const parts = [];
  let at = 0;
  for (const found of text.matchAll(ADDRESS)) {
    parts.push(text.slice(at, found.index));
    parts.push(
      <a key={found.index} href={found[0]} target="_blank" rel="noopener noreferrer nofollow ugc">
        {found[0]}
      </a>,
    );
    at = found.index + found[0].length;
  }
  return [...parts, text.slice(at)];
}
