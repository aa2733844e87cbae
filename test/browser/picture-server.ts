import { createServer } from "node:http";

/** A web server with product pictures, so that cards have something to show. */
export interface PictureServer {
  /** Address of a picture; `subject` is one of `pictures`. */
  urlOf(subject: Picture): string;
  /** Address of a page with a form, for webviews. */
  readonly formUrl: string;
  /** Address of a GIF of two frames: the first is red, the second blue. */
  readonly gifUrl: string;
  close(): Promise<void>;
}

const shapes = {
  sneaker:
    '<path d="M76 168c26 12 52 10 80-22l32 30c20 38 76 58 150 64 22 2 32 14 32 34H70c-8-36-6-72 6-106z" fill="#fff"/><path d="M70 273h300v16H70z" fill="#1f2937"/><path d="M184 186l24-16m-8 36l24-16m-4 34l24-16" stroke="#f97316" stroke-width="7" stroke-linecap="round"/>',
  mug: '<path d="M130 120h150v130a34 34 0 0 1-34 34h-82a34 34 0 0 1-34-34z" fill="#fff"/><path d="M280 150h22a38 38 0 0 1 0 76h-22" fill="none" stroke="#fff" stroke-width="18"/><path d="M170 95c-12-18 12-26 0-46m35 46c-12-18 12-26 0-46m35 46c-12-18 12-26 0-46" fill="none" stroke="#fff" stroke-opacity=".7" stroke-width="8" stroke-linecap="round"/>',
  lamp: '<path d="M160 90h120l44 104H116z" fill="#fff"/><path d="M213 194h14v78h-14z" fill="#1f2937"/><rect x="160" y="272" width="120" height="16" rx="8" fill="#1f2937"/>',
  bag: '<path d="M120 140h200l20 150H100z" fill="#fff"/><path d="M170 160v-34a50 50 0 0 1 100 0v34" fill="none" stroke="#1f2937" stroke-width="12" stroke-linecap="round"/>',
} as const;
export type Picture = keyof typeof shapes;

const grounds: Readonly<Record<Picture, readonly [string, string]>> = {
  sneaker: ["#fdba74", "#c2410c"],
  mug: ["#7dd3fc", "#0369a1"],
  lamp: ["#fde68a", "#b45309"],
  bag: ["#a7f3d0", "#047857"],
};

/** Starts it on a free port. */
export async function startPictureServer(): Promise<PictureServer> {
  const server = createServer((request, response) => {
    const subject = /^\/(\w+)\.svg$/.exec(request.url ?? "")?.[1];
    if (request.url === "/form.html") {
      return void response.writeHead(200, { "content-type": "text/html" }).end(formPage);
    }
    if (request.url === "/two.gif") {
      return void response.writeHead(200, { "content-type": "image/gif" }).end(twoFrames);
    }
    if (!isPicture(subject)) return void response.writeHead(404).end();
    response.writeHead(200, { "content-type": "image/svg+xml" }).end(draw(subject));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    formUrl: `http://127.0.0.1:${port}/form.html`,
    gifUrl: `http://127.0.0.1:${port}/two.gif`,
    urlOf: (subject) => `http://127.0.0.1:${port}/${subject}.svg`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

const formPage = `<!doctype html><meta name="viewport" content="width=device-width"><title>Your appointment</title>
<style>body{margin:24px;font:16px/24px system-ui,sans-serif;color:#1b1c1f}h1{font-size:22px}label{display:block;margin:14px 0 4px;font-size:14px}
input{width:100%;box-sizing:border-box;padding:11px 14px;border:1px solid #767b85;border-radius:12px;font:inherit}
button{width:100%;margin-top:22px;padding:13px;border:0;border-radius:24px;background:#0b57d0;color:#fff;font:inherit}</style>
<h1>Your appointment</h1><form><label for="name">Name</label><input id="name" autocomplete="name"><label for="day">Day</label>
<input id="day" type="date"><button type="button">Book it</button></form>`;

/** One pixel, red and then blue, for a tenth of a second each, without end. Written by hand after the GIF89a specification. */
const twoFrames = Buffer.from(
  "47494638396101000100910000ff00000000ff00000000000021ff0b4e45545343415045322e300301000000" +
    "21f904040a0000002c000000000100010000020244010021f904040a0000002c00000000010001000002024c01003b",
  "hex",
);

function isPicture(subject: string | undefined): subject is Picture {
  return subject !== undefined && subject in shapes;
}

function draw(subject: Picture): string {
  const [light, dark] = grounds[subject];
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" width="880" height="660" viewBox="0 0 440 330">' +
    `<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="${light}"/>` +
    `<stop offset="1" stop-color="${dark}"/></linearGradient></defs>` +
    `<rect width="440" height="330" fill="url(#g)"/>` +
    // Cards show the middle of a picture, more or less of it by their height.
    `<g transform="translate(99 72) scale(.55)">${shapes[subject]}</g></svg>`
  );
}
