// Photographs that are made by the test: a lake in the evening, each a little different, as JPEG from the browser's canvas.

/** `[{ name, mimeType, buffer }]`, as a chooser of files takes them. */
export async function photographs(page, names, width = 1200, height = 800) {
  const made = await page.evaluate(
    async ({ names, width, height }) => {
      const all = [];
      for (const [index, name] of names.entries()) {
        const canvas = document.createElement("canvas");
        Object.assign(canvas, { width, height });
        const brush = canvas.getContext("2d");
        const hue = [...name].reduce((sum, letter) => sum + letter.charCodeAt(0) * 7, 0) % 360;
        const sky = brush.createLinearGradient(0, 0, 0, height);
        sky.addColorStop(0, `hsl(${hue} 45% 62%)`);
        sky.addColorStop(0.6, `hsl(${(hue + 40) % 360} 60% 82%)`);
        sky.addColorStop(0.61, `hsl(${(hue + 180) % 360} 30% 42%)`);
        sky.addColorStop(1, `hsl(${(hue + 190) % 360} 35% 22%)`);
        brush.fillStyle = sky;
        brush.fillRect(0, 0, width, height);
        brush.fillStyle = `hsl(${(hue + 30) % 360} 90% 92%)`;
        brush.beginPath();
        brush.arc(width * (0.25 + 0.1 * (index % 5)), height * 0.28, height * 0.08, 0, 7);
        brush.fill();
        brush.fillStyle = `hsl(${(hue + 200) % 360} 22% 30%)`;
        brush.beginPath();
        brush.moveTo(0, height * 0.61);
        for (let x = 0; x <= 10; x += 1) brush.lineTo((width * x) / 10, height * (0.45 + 0.13 * Math.sin(x * 2.1 + hue)));
        brush.lineTo(width, height * 0.61);
        brush.fill();
        const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.82));
        const bytes = new Uint8Array(await blob.arrayBuffer());
        all.push({ name, text: btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join("")) });
      }
      return all;
    },
    { names, width, height },
  );
  return made.map(({ name, text }) => ({ name, mimeType: "image/jpeg", buffer: Buffer.from(text, "base64") }));
}

/** Lets go of files over an element, as a hand does. */
export async function drop(page, target, files) {
  const listed = files.map(({ name, mimeType, buffer }) => ({ name, mimeType, text: buffer.toString("base64") }));
  const carried = await page.evaluateHandle((files) => {
    const transfer = new DataTransfer();
    for (const { name, mimeType, text } of files) {
      transfer.items.add(new File([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], name, { type: mimeType }));
    }
    return transfer;
  }, listed);
  for (const kind of ["dragenter", "dragover", "drop"]) await page.dispatchEvent(target, kind, { dataTransfer: carried });
}
