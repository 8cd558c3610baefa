/** Cuts a square out of a picture, in the browser: the server gets no more than what is shown. */

/** In pixels of the picture. */
export type Area = { x: number; y: number; width: number; height: number };

/** The largest size that the server keeps is 640; twice that is enough for its own scaling. */
const LONGEST_SIDE = 1280;

/** What the chosen file shows. Rejects for what the browser cannot read as a picture. */
export async function readPicture(file: Blob): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  try {
    await image.decode();
  } catch (error) {
    URL.revokeObjectURL(image.src);
    throw error;
  }
  return image;
}

/** The size at which the part is sent: never larger than it was taken. */
export function outputSide(area: Area): number {
  return Math.max(1, Math.min(Math.round(area.width), LONGEST_SIDE));
}

/** The part of the picture as a JPEG. */
export function cutOut(image: HTMLImageElement, area: Area): Promise<Blob> {
  const side = outputSide(area);
  const canvas = document.createElement("canvas");
  canvas.width = side;
  canvas.height = side;
  const context = canvas.getContext("2d");
  if (!context) return Promise.reject(new Error("This browser has no canvas."));
  // Transparent parts would become black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, side, side);
  context.drawImage(image, area.x, area.y, area.width, area.height, 0, 0, side, side);
  return new Promise((done, failed) => {
    canvas.toBlob(
      (blob) => (blob ? done(blob) : failed(new Error("The picture could not be cut out."))),
      "image/jpeg",
      0.92,
    );
  });
}
