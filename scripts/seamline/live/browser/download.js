/* Files that are worth keeping: fetched once, counted while they come, inflated. */

import { Failure, kindOf } from "./failures.js";
import { release } from "./pack.js";

const CACHE = "seamline-live";

/* The cache is a convenience: without it, or where it is full, a file is fetched again. */
const kept = async (url) => {
  try {
    return await (await caches.open(CACHE)).match(url);
  } catch {
    return undefined;
  }
};

const keep = async (url, body) => {
  try {
    await (await caches.open(CACHE)).put(url, new Response(body));
  } catch {
    /* as above */
  }
};

/** The inflated content of a gzipped file of the site; `count` takes how many bytes have come since it was last called.
    Throws a Failure where it cannot be had. */
export const download = async (url, count) => {
  const known = await kept(url);
  const body = await blobOf(url, known, count);
  const content = await inflated(body, url);
  if (!known) await keep(url, body);
  return content;
};

const blobOf = async (url, known, count) => {
  const chunks = [];
  try {
    const response = known ?? (await fetch(url));
    if (!response.ok) throw new Error(`the host answered ${response.status}`);
    for (const reader = response.body.getReader(); ; ) {
      const { done, value } = await reader.read();
      if (done) break;
      chunks.push(value);
      count(value.length);
    }
  } catch (error) {
    throw new Failure("download", error.message);
  }
  const body = new Blob(chunks);
  chunks.forEach(({ buffer }) => release(buffer));
  return body;
};

/** Forget files of an earlier build. */
export const forgetAllBut = async (urls) => {
  try {
    const cache = await caches.open(CACHE);
    const old = (await cache.keys()).filter((request) => !urls.includes(request.url));
    await Promise.all(old.map((request) => cache.delete(request)));
  } catch {
    /* there is no cache to tidy */
  }
};

/* Some servers say of a .gz file that it is encoded by gzip, and the browser has inflated it by then. */
const inflated = async (body, url) => {
  const [first, second] = new Uint8Array(await body.slice(0, 2).arrayBuffer());
  if (first !== 0x1f || second !== 0x8b) return body.arrayBuffer();
  try {
    return await new Response(body.stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  } catch (error) {
    if (kindOf(error) === "memory") throw error;
    throw new Failure("download", `${url.split("/").pop()} came damaged`);
  }
};
