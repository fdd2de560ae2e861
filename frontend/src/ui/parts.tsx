// Small parts that every screen uses: buttons, notices, badges, the states of a place.

import { type ComponentProps, type ReactNode, useEffect, useId, useRef, useState } from "react";

import { Drawing, Icon, type IconName } from "./icons";

interface ButtonProps extends ComponentProps<"button"> {
  kind?: "primary" | "danger" | "quiet" | "quiet-danger" | "plain";
  isSmall?: boolean;
  isBusy?: boolean;
  icon?: IconName;
}

const KINDS = {
  primary: " button-primary",
  danger: " button-danger",
  quiet: " button-quiet",
  "quiet-danger": " button-quiet button-danger",
  plain: "",
};

export function Button({ kind = "plain", isSmall = false, isBusy, icon, children, className = "", onClick, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      onClick={(event) => {
        // A double click on what changes something is one wish, also where the first click has been answered already.
        if (isBusy !== undefined && event.detail > 1) event.preventDefault();
        else onClick?.(event);
      }}
      className={`button${KINDS[kind]}${isSmall ? " button-small" : ""} ${className}`}
      aria-busy={isBusy === true}
      disabled={rest.disabled === true || isBusy === true}
    >
      {icon !== undefined && <Icon name={icon} size={16} />}
      {children}
    </button>
  );
}

export function Notice({ kind, children, action }: { kind: "error" | "waiting" | "good" | "plain"; children: ReactNode; action?: ReactNode }) {
  return (
    <div className={`notice${kind === "plain" ? "" : ` notice-${kind}`}`} role={kind === "error" ? "alert" : "status"}>
      <Icon name={kind === "good" ? "check" : kind === "plain" ? "info" : "warning"} />
      <div className="grow stack stack-narrow">{children}</div>
      {action}
    </div>
  );
}

export function Badge({ kind, children }: { kind?: "good" | "waiting" | "danger"; children: ReactNode }) {
  return <span className={`badge${kind === undefined ? "" : ` badge-${kind}`}`}>{children}</span>;
}

/** Stands where something is being fetched; appears only when that takes long enough to be noticed. */
export function Skeleton({ label, lines = 6 }: { label: string; lines?: number }) {
  return (
    <div className="skeleton" role="status" aria-label={label}>
      {Array.from({ length: lines }, (_, line) => (
        <span key={line} />
      ))}
    </div>
  );
}

export function Empty({ children, action }: { children: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Drawing />
      <p>{children}</p>
      {action}
    </div>
  );
}

interface DialogProps {
  title: string;
  closeLabel: string;
  size?: "plain" | "wide";
  onClose: () => void;
  children: ReactNode;
}

/** The browser's own dialog: it keeps the focus, closes on Escape and gives the focus back. */
export function Dialog({ title, closeLabel, size = "plain", onClose, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const shown = dialog.current;
    if (shown?.open === false) {
      shown.showModal();
      // Where the work begins, not at the button that ends it.
      (shown.querySelector<HTMLElement>("[data-first]") ?? shown.querySelector<HTMLElement>(".control:not(:disabled)"))?.focus();
    }
    return () => shown?.close();
  }, []);
  return (
    <dialog
      className={size === "wide" ? "dialog dialog-wide" : "dialog"}
      ref={dialog}
      aria-labelledby={heading}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="dialog-body">
        <div className="row row-apart row-fixed">
          <h2 id={heading} className="break">{title}</h2>
          <Button kind="quiet" isSmall onClick={onClose} aria-label={closeLabel}>
            <Icon name="close" size={16} />
          </Button>
        </div>
        {children}
      </div>
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  consequence: ReactNode;
  confirm: string;
  cancel: string;
  isBusy: boolean;
  error?: string | null;
  onConfirm: () => void;
  onClose: () => void;
}

/** Asks before something that cannot be taken back, naming the thing and what follows. */
export function Confirm({ title, consequence, confirm, cancel, isBusy, error = null, onConfirm, onClose }: ConfirmProps) {
  return (
    <Dialog title={title} closeLabel={cancel} onClose={onClose}>
      {typeof consequence === "string" ? <p>{consequence}</p> : consequence}
      {error !== null && <Notice kind="error">{error}</Notice>}
      <div className="dialog-foot">
        <Button onClick={onClose}>{cancel}</Button>
        <Button kind="danger" isBusy={isBusy} onClick={onConfirm}>
          {confirm}
        </Button>
      </div>
    </Dialog>
  );
}

/** A secret to take away, with a button that copies it. */
export function Secret({ value, copy, copied, label }: { value: string; copy: string; copied: string; label: string }) {
  const [isCopied, setIsCopied] = useState(false);
  const shown = useRef<HTMLElement>(null);
  const take = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setIsCopied(true);
    } catch {
      // Without the right to the clipboard the text is marked, for the keyboard to copy.
      if (shown.current !== null) getSelection()?.selectAllChildren(shown.current);
    }
  };
  return (
    <div className="secret" role="group" aria-label={label}>
      <code ref={shown}>{value}</code>
      <Button isSmall icon={isCopied ? "check" : "copy"} onClick={() => void take()}>
        {isCopied ? copied : copy}
      </Button>
    </div>
  );
}
