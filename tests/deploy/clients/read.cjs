// node read.cjs CLIENT URL: what a reader makes of a feed, as JSON [{guid, audio}].
const client = process.argv[2], url = process.argv[3];

const readers = {
  "rss-parser": async (text) => {
    const Parser = require("rss-parser");
    const feed = await new Parser().parseString(text);
    return feed.items.map((item) => ({ guid: item.guid, audio: item.enclosure && item.enclosure.url }));
  },
  feedsmith: async (text) => {
    const { parseFeed } = require("feedsmith");
    const { feed, format } = parseFeed(text);
    if (format !== "rss") throw new Error(`read as ${format}`);
    return feed.items.map((item) => ({ guid: item.guid.value, audio: item.enclosures && item.enclosures[0].url }));
  },
  "podcast-partytime": async (text) => {
    const { parseFeed } = require("podcast-partytime");
    const feed = parseFeed(text);
    if (!feed) throw new Error("not read");
    return feed.items.map((item) => ({ guid: item.guid, audio: item.enclosure && item.enclosure.url }));
  },
};

fetch(url)
  .then((answer) => answer.text())
  .then(readers[client])
  .then((items) => console.log(JSON.stringify(items)))
  .catch((failure) => { console.error(failure); process.exit(1); });
