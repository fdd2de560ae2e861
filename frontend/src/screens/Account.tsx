import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { encode } from "uqr";

import { answer, carry, client, type Schemas } from "../api/client";
import { me, useWrite } from "../shell/queries";
import { Loaded, Page } from "../shell/states";
import { type Theme, useInterface, useMessages, useSpeaker } from "../state/interface";
import { Form, Input, Select } from "../ui/form";
import { Badge, Button, Dialog, Notice, Secret } from "../ui/parts";
import { Table } from "../ui/table";
import { type Language, LANGUAGES } from "../words";

const SESSIONS = ["sessions"] as const;

export function Account() {
  const say = useSpeaker();
  const query = useQuery(me);
  return (
    <Page title={say("account.title")} about={query.data?.user.email}>
      <Loaded query={query}>
        {({ user }) => (
          <>
            {!user.is_email_verified && <VerifyEmail />}
            <Appearance />
            <ChangePassword />
            <TwoFactor user={user} />
            <OwnSessions />
          </>
        )}
      </Loaded>
    </Page>
  );
}

function VerifyEmail() {
  const say = useSpeaker();
  const send = useWrite({
    write: async () => {
      await answer(client.POST("/api/v1/auth/email/verification/"));
      return true;
    },
  });
  if (send.output === true) return <Notice kind="good">{say("account.verificationSent")}</Notice>;
  return (
    <Notice
      kind="waiting"
      action={
        <Button isSmall isBusy={send.isBusy} onClick={() => send.run(undefined)}>
          {say("account.sendVerification")}
        </Button>
      }
    >
      <p>{say("account.notVerified")}</p>
      {send.error !== null && <p className="field-error">{send.error}</p>}
    </Notice>
  );
}

function Appearance() {
  const say = useSpeaker();
  const { theme, setTheme, language, setLanguage } = useInterface();
  return (
    <section className="card stack">
      <h2>{say("account.appearance")}</h2>
      <div className="columns">
        <Select
          name="language"
          label={say("account.language")}
          value={language}
          onChange={(value) => setLanguage(value as Language)}
          options={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
        />
        <Select
          name="theme"
          label={say("account.theme")}
          value={theme}
          onChange={(value) => setTheme(value as Theme)}
          options={(["system", "light", "dark"] as const).map((value) => ({ value, label: say(`theme.${value}`) }))}
        />
      </div>
    </section>
  );
}

/** The session goes on under a new secret: what follows carries its token. */
function goOn(session: Schemas["SessionAnswer"]) {
  carry({ csrfToken: session.csrf_token ?? "" });
}

function ChangePassword() {
  const say = useSpeaker();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const change = useWrite({
    write: async () => {
      const session = await answer(client.POST("/api/v1/auth/password/", { body: { current, new: next } }));
      goOn(session);
      return session;
    },
    refresh: [SESSIONS],
    done: () => {
      setCurrent("");
      setNext("");
    },
    message: () => say("account.passwordChanged"),
  });
  return (
    <section className="card stack">
      <h2>{say("account.password")}</h2>
      <Form errors={change.errors} onSubmit={() => change.run(undefined)}>
        <div className="columns">
          <Input name="/current" type="password" autoComplete="current-password" label={say("account.currentPassword")} value={current} onChange={setCurrent} />
          <Input name="/new" type="password" autoComplete="new-password" label={say("field.newPassword")} help={say("field.passwordHelp")} value={next} onChange={setNext} />
        </div>
        <p className="soft small">{say("account.passwordConsequence")}</p>
        <div className="row">
          <Button type="submit" isBusy={change.isBusy}>
            {say("account.changePassword")}
          </Button>
        </div>
      </Form>
    </section>
  );
}

function TwoFactor({ user }: { user: Schemas["UserView"] }) {
  const say = useSpeaker();
  const [enrolment, setEnrolment] = useState<Schemas["EnrolmentView"] | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const [isEnding, setIsEnding] = useState(false);
  const begin = useWrite({
    write: () => answer(client.POST("/api/v1/auth/two-factor/")),
    done: setEnrolment,
  });
  return (
    <section className="card stack">
      <div className="row row-apart">
        <h2>{say("twoFactor.title")}</h2>
        {user.has_two_factor ? <Badge kind="good">{say("twoFactor.on")}</Badge> : <Badge>{say("twoFactor.off")}</Badge>}
      </div>
      <p className="soft">{say("twoFactor.about")}</p>
      {begin.error !== null && <Notice kind="error">{begin.error}</Notice>}
      <div className="row">
        {user.has_two_factor ? (
          <Button kind="quiet-danger" onClick={() => setIsEnding(true)}>
            {say("twoFactor.end")}
          </Button>
        ) : (
          <Button isBusy={begin.isBusy} onClick={() => begin.run(undefined)}>
            {say("twoFactor.begin")}
          </Button>
        )}
      </div>
      {enrolment !== null && (
        <Enrol
          enrolment={enrolment}
          onClose={() => setEnrolment(null)}
          onDone={(recovery) => {
            setEnrolment(null);
            setCodes(recovery);
          }}
        />
      )}
      {codes !== null && (
        <Dialog title={say("twoFactor.codes")} closeLabel={say("action.close")} onClose={() => setCodes(null)}>
          <Notice kind="waiting">{say("twoFactor.codesAbout")}</Notice>
          <ul className="codes">
            {codes.map((code) => (
              <li key={code}>{code}</li>
            ))}
          </ul>
          <div className="dialog-foot">
            <Button onClick={() => void navigator.clipboard.writeText(codes.join("\n")).then(() => useMessages.getState().show(say("action.copied")))}>{say("action.copy")}</Button>
            <Button kind="primary" onClick={() => setCodes(null)}>
              {say("twoFactor.codesKept")}
            </Button>
          </div>
        </Dialog>
      )}
      {isEnding && <EndTwoFactor onClose={() => setIsEnding(false)} />}
    </section>
  );
}

interface EnrolProps {
  enrolment: Schemas["EnrolmentView"];
  onClose: () => void;
  onDone: (codes: readonly string[]) => void;
}

function Enrol({ enrolment, onClose, onDone }: EnrolProps) {
  const say = useSpeaker();
  const [code, setCode] = useState("");
  const confirm = useWrite({
    write: async () => {
      const confirmed = await answer(client.POST("/api/v1/auth/two-factor/confirm/", { body: { code: code.trim() } }));
      goOn(confirmed);
      return confirmed;
    },
    refresh: [me.queryKey, SESSIONS],
    done: (confirmed) => onDone(confirmed.recovery_codes),
  });
  return (
    <Dialog title={say("twoFactor.begin")} closeLabel={say("action.close")} onClose={onClose}>
      <Form errors={confirm.errors} onSubmit={() => confirm.run(undefined)}>
        <p>{say("twoFactor.scan")}</p>
        <Square text={enrolment.otpauth_url} label={say("twoFactor.square")} />
        <div className="field">
          <span className="field-label">{say("twoFactor.secret")}</span>
          <Secret value={enrolment.secret} label={say("twoFactor.secret")} copy={say("action.copy")} copied={say("action.copied")} />
        </div>
        <Input name="/code" label={say("signIn.code")} autoComplete="one-time-code" inputMode="numeric" className="control control-code" value={code} onChange={setCode} />
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="primary" type="submit" isBusy={confirm.isBusy}>
            {say("twoFactor.confirm")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

/** A QR code as one path. */
function Square({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => {
    const code = encode(text, { border: 0 });
    let drawn = "";
    code.data.forEach((row, y) =>
      row.forEach((isDark, x) => {
        if (isDark) drawn += `M${x} ${y}h1v1h-1z`;
      }),
    );
    return { size: code.size, path: drawn };
  }, [text]);
  return (
    <svg className="square" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={path} fill="#000" />
    </svg>
  );
}

function EndTwoFactor({ onClose }: { onClose: () => void }) {
  const say = useSpeaker();
  const [password, setPassword] = useState("");
  const end = useWrite({
    write: async () => {
      const session = await answer(client.DELETE("/api/v1/auth/two-factor/", { body: { password } }));
      goOn(session);
      return session;
    },
    refresh: [me.queryKey, SESSIONS],
    done: onClose,
    message: () => say("twoFactor.ended"),
  });
  return (
    <Dialog title={say("twoFactor.end")} closeLabel={say("action.close")} onClose={onClose}>
      <Form errors={end.errors} onSubmit={() => end.run(undefined)}>
        <p>{say("twoFactor.endConsequence")}</p>
        <Input name="/password" type="password" autoComplete="current-password" label={say("account.currentPassword")} value={password} onChange={setPassword} />
        <div className="dialog-foot">
          <Button onClick={onClose}>{say("action.cancel")}</Button>
          <Button kind="danger" type="submit" isBusy={end.isBusy}>
            {say("twoFactor.end")}
          </Button>
        </div>
      </Form>
    </Dialog>
  );
}

function OwnSessions() {
  const say = useSpeaker();
  const query = useQuery({ queryKey: SESSIONS, queryFn: () => answer(client.GET("/api/v1/auth/sessions/")) });
  const end = useWrite({
    write: (id: string) => answer(client.DELETE("/api/v1/auth/sessions/{id}/", { params: { path: { id } } })),
    refresh: [SESSIONS],
    message: () => say("sessions.ended"),
  });
  const endOthers = useWrite({
    write: () => answer(client.POST("/api/v1/auth/sessions/revoke-others/")),
    refresh: [SESSIONS],
    message: (ended) => say.count("sessions.endedOthers", ended.ended),
  });
  const error = end.error ?? endOthers.error;
  return (
    <section className="card card-flush">
      <div className="card-head row row-apart">
        <h2>{say("sessions.title")}</h2>
        {(query.data?.results.length ?? 0) > 1 && (
          <Button isSmall isBusy={endOthers.isBusy} onClick={() => endOthers.run(undefined)}>
            {say("sessions.endOthers")}
          </Button>
        )}
      </div>
      {error !== null && <Notice kind="error">{error}</Notice>}
      <Loaded query={query} lines={3}>
        {(sessions) => (
          <Table
            caption={say("sessions.title")}
            items={sessions.results}
            keyOf={(session) => session.id}
            columns={[
              {
                label: say("sessions.device"),
                role: "name",
                cell: (session) => (
                  <div className="stack stack-tight">
                    <span className="strong">{session.kind === "api" ? say("sessions.api") : device(session.user_agent)}</span>
                    <span className="soft small">{session.ip_address}</span>
                  </div>
                ),
              },
              { label: say("sessions.seen"), cell: (session) => say.moment(session.last_seen_at) },
              { label: say("field.until"), cell: (session) => say.moment(session.expires_at) },
              {
                label: say("field.actions"),
                role: "actions",
                cell: (session) =>
                  session.is_current ? (
                    <Badge kind="good">{say("sessions.current")}</Badge>
                  ) : (
                    <Button kind="quiet-danger" isSmall isBusy={end.isBusy} onClick={() => end.run(session.id)}>
                      {say("sessions.end")}
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </section>
  );
}

/** Browser and system out of a user agent, as far as people tell them apart; the whole text where neither is known. */
export function device(agent: string): string {
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(agent)?.[1];
  const system = /(iPhone|iPad|Android|Windows|Mac OS X|Linux)/.exec(agent)?.[1];
  const names: Record<string, string> = { Edg: "Edge", OPR: "Opera", "Mac OS X": "macOS" };
  const found = [browser, system].filter((part) => part !== undefined).map((part) => names[part] ?? part);
  return found.length === 0 ? agent.slice(0, 60) : found.join(" · ");
}
