// The dialog in which something is changed, or suspended and lifted again: keys and members have the same.

import type { ReactNode } from "react";

import { useSpeaker } from "../state/interface";
import { Form, type FormErrors } from "../ui/form";
import { Button, Dialog } from "../ui/parts";

interface ChangeDialogProps {
  title: string;
  isSuspended: boolean;
  change: { errors: FormErrors; isBusy: boolean };
  onSave: () => void;
  onSuspend: (isSuspended: boolean) => void;
  onClose: () => void;
  children: ReactNode;
}

export function ChangeDialog({ title, isSuspended, change, onSave, onSuspend, onClose, children }: ChangeDialogProps) {
  const say = useSpeaker();
  return (
    <Dialog title={title} closeLabel={say("action.close")} onClose={onClose}>
      <Form errors={change.errors} onSubmit={onSave}>
        {children}
        <div className="dialog-foot">
          <Button kind={isSuspended ? "plain" : "quiet-danger"} isBusy={change.isBusy} onClick={() => onSuspend(!isSuspended)}>
            {say(isSuspended ? "action.resume" : "action.suspend")}
          </Button>
          <span className="grow" />
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit" isBusy={change.isBusy}>
            {say("action.save")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}
