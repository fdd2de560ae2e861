// A guest who wants to be forgotten: everything that was sent with an address goes, for good.

import { useState } from "react";

import { answer, client } from "../api/client";
import { useWrite } from "../shell/queries";
import { useSpeaker } from "../state/interface";
import { Form, Input } from "../ui/form";
import { Button, Dialog, Notice } from "../ui/parts";

export function Erase({ onClose }: { onClose: () => void }) {
  const say = useSpeaker();
  const [email, setEmail] = useState("");
  const erase = useWrite({
    write: () => answer(client.POST("/api/v1/submissions/erase/", { body: { email: email.trim() } })),
    refresh: [["submissions"]],
  });
  return (
    <Dialog title={say("inbox.eraseTitle")} closeLabel={say("action.close")} onClose={onClose}>
      {erase.output === undefined ? (
        <Form errors={erase.errors} onSubmit={() => erase.run(undefined)}>
          <p>{say("inbox.eraseAbout")}</p>
          <ul className="bulleted">
            <li>{say("inbox.eraseWhat")}</li>
            <li>{say("inbox.eraseWhere")}</li>
            <li>{say("inbox.eraseLog")}</li>
            <li>{say("inbox.eraseNot")}</li>
          </ul>
          <Input name="/email" type="email" label={say("field.email")} autoComplete="off" required value={email} onChange={setEmail} />
          <div className="dialog-foot">
            <Button onClick={onClose}>{say("action.cancel")}</Button>
            <Button kind="danger" type="submit" isBusy={erase.isBusy} disabled={email.trim() === ""}>
              {say("inbox.eraseConfirm")}
            </Button>
          </div>
        </Form>
      ) : (
        <>
          <Notice kind={erase.output.erased === 0 ? "plain" : "good"}>{erase.output.erased === 0 ? say("inbox.erasedNone", { email: email.trim() }) : say.count("inbox.erased", erase.output.erased)}</Notice>
          <div className="dialog-foot">
            <Button kind="primary" onClick={onClose}>
              {say("action.done")}
            </Button>
          </div>
        </>
      )}
    </Dialog>
  );
}
