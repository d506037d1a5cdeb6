// Two processes that accept webhooks, because the machine has two cores. Each peer supplies
// store(text, body).
import cluster from "node:cluster";
import http from "node:http";

export async function serve(prepare, open) {
  if (cluster.isPrimary) {
    await prepare();
    for (let n = 0; n < 2; n++) cluster.fork();
    process.on("SIGTERM", () => {
      for (const worker of Object.values(cluster.workers)) worker.kill("SIGKILL");
      process.exit(0);
    });
    return;
  }
  const store = await open();
  const receive = (request, response) => {
    const chunks = [];
    request.on("data", (chunk) => chunks.push(chunk));
    request.on("end", async () => {
      try {
        await store(JSON.parse(Buffer.concat(chunks).toString()));
        response.writeHead(200, { "content-length": 0 }).end();
      } catch (error) {
        console.error(error);
        response.writeHead(500, { "content-length": 0 }).end();
      }
    });
  };
  http.createServer({ keepAliveTimeout: 60000 }, receive).listen(Number(process.env.PEER_PORT), "127.0.0.1");
}
