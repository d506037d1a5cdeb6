// Webhooks into graphile-worker: one addJob each, with a job key against repeated calls. Its addJobs
// accepts many at once, but nothing batches the calls of a web server for it.
import pg from "pg";
import { makeWorkerUtils } from "graphile-worker";
import { serve } from "./server.mjs";

const open = () =>
  makeWorkerUtils({ pgPool: new pg.Pool({ connectionString: process.env.PEER_URL, max: 16 }) });

await serve(
  async () => {
    const utils = await open();
    await utils.migrate();
    await utils.release();
  },
  async () => {
    const utils = await open();
    return (body) => utils.addJob("webhook", body, { jobKey: body.request_id });
  },
);
