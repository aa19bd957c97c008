/* A PNG that says in itself what made it: an XMP packet with IPTC's digital source type, and the recipe.

   PNG (third edition), 5.3 (chunks), 11.3.3.4 (iTXt); XMP part 3, 1.1.5 (the keyword). The packet is that of
   seamline/runs/store/encoding.py. */

const SOURCE = "http://cv.iptc.org/newscodes/digitalsourcetype/compositeWithTrainedAlgorithmicMedia";
const HEADER_END = 8 + 25;

const escaped = (text) => text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");

const packet = ({ label, instruction }) => `<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
 xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:identifier>live</dc:identifier>
<xmp:CreatorTool>Seamline</xmp:CreatorTool>
<Iptc4xmpExt:DigitalSourceType>${SOURCE}</Iptc4xmpExt:DigitalSourceType>
<Iptc4xmpExt:AISystemUsed>${escaped(label)}</Iptc4xmpExt:AISystemUsed>
<Iptc4xmpExt:AIPromptInformation>${escaped(instruction)}</Iptc4xmpExt:AIPromptInformation>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>`;

const crc = (bytes) => {
  let value = 0xffffffff;
  for (const byte of bytes) {
    value ^= byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return (value ^ 0xffffffff) >>> 0;
};

const chunk = (keyword, text) => {
  const body = new TextEncoder().encode(`iTXt${keyword}\0\0\0\0\0${text}`);
  const whole = new DataView(new ArrayBuffer(body.length + 8));
  whole.setUint32(0, body.length - 4);
  new Uint8Array(whole.buffer).set(body, 4);
  whole.setUint32(body.length + 4, crc(body));
  return whole.buffer;
};

/** The picture on a canvas as a marked PNG. `recipe` is text that says how it was made. */
export const marked = async (canvas, { label, instruction, recipe }) => {
  const plain = await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  const chunks = [chunk("XML:com.adobe.xmp", packet({ label, instruction })), chunk("Seamline recipe", recipe)];
  return new Blob([plain.slice(0, HEADER_END), ...chunks, plain.slice(HEADER_END)], { type: "image/png" });
};
