// Webhooks into pg-boss: one send each, with a singleton key. Its insert accepts many at once, but
// nothing batches the calls of a web server for it.
import PgBoss from "pg-boss";
import { serve } from "./server.mjs";

const boss = () =>
  new PgBoss({ connectionString: process.env.PEER_URL, max: 16, supervise: false, schedule: false });

await serve(
  async () => {
    const first = boss();
    await first.start();
    await first.createQueue("webhook");
    await first.stop({ graceful: false, wait: true });
  },
  async () => {
    const own = boss();
    await own.start();
    return (body) => own.send("webhook", body, { singletonKey: body.request_id });
  },
);
