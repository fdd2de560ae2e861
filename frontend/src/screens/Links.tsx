// The screens that links in mails lead to: a new password, a proven address, an invitation. The link's token stands
// behind `#`, so that no server, log or referrer sees it.

import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { answer, client, Refusal } from "../api/client";
import { Gate } from "../shell/Gate";
import { useWrite } from "../shell/queries";
import { Failed } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, Input } from "../ui/form";
import { Button, Notice, Skeleton } from "../ui/parts";

/** A value behind `#`. */
export function fragment(name: string): string {
  return new URLSearchParams(location.hash.slice(1)).get(name) ?? "";
}

export function Forgot() {
  const say = useSpeaker();
  const [email, setEmail] = useState("");
  const ask = useWrite({
    write: async () => {
      await answer(client.POST("/api/v1/auth/password/reset/", { body: { email: email.trim() } }));
      return true;
    },
  });
  return (
    <Gate title={say("forgot.title")} about={say("forgot.about")}>
      {ask.output === true ? (
        <Notice kind="good">{say("forgot.sent", { email })}</Notice>
      ) : (
        <Form errors={ask.errors} onSubmit={() => ask.run(undefined)}>
          <Input name="/email" type="email" label={say("field.email")} autoComplete="username" required value={email} onChange={setEmail} />
          <Button kind="primary" type="submit" className="button-whole" isBusy={ask.isBusy}>
            {say("forgot.submit")}
          </Button>
        </Form>
      )}
      <p className="small">
        <Link to="/dashboard/sign-in">{say("link.toSignIn")}</Link>
      </p>
    </Gate>
  );
}

export function Reset() {
  const say = useSpeaker();
  const [token] = useState(() => fragment("token"));
  const [password, setPassword] = useState("");
  const set = useWrite({
    write: () => answer(client.POST("/api/v1/auth/password/reset/confirm/", { body: { token, password } })),
    done: () => location.assign("/dashboard/sign-in?notice=reset"),
  });
  return (
    <Gate title={say("reset.title")} about={say("reset.about")}>
      {token === "" ? (
        <Notice kind="error">{say("link.incomplete")}</Notice>
      ) : (
        <Form errors={set.errors} onSubmit={() => set.run(undefined)}>
          <Input
            name="/password"
            type="password"
            label={say("field.newPassword")}
            help={say("field.passwordHelp")}
            autoComplete="new-password"
            required
            value={password}
            onChange={setPassword}
          />
          <Button kind="primary" type="submit" className="button-whole" isBusy={set.isBusy}>
            {say("reset.submit")}
          </Button>
        </Form>
      )}
      <p className="small">
        <Link to="/dashboard/forgot">{say("link.another")}</Link>
      </p>
    </Gate>
  );
}

export function Verify() {
  const say = useSpeaker();
  const [token] = useState(() => fragment("token"));
  const verify = useWrite({
    write: async () => {
      await answer(client.POST("/api/v1/auth/email/verify/", { body: { token } }));
      return true;
    },
  });
  // A button, not an effect: mail programs open links to look at them, and would use this one up.
  return (
    <Gate title={say("verify.title")} about={say("verify.about")}>
      {verify.output === true ? (
        <Notice kind="good">{say("verify.done")}</Notice>
      ) : (
        <Form errors={token === "" ? { message: say("link.incomplete"), field: () => undefined } : verify.errors} onSubmit={() => verify.run(undefined)}>
          <Button kind="primary" type="submit" className="button-whole" isBusy={verify.isBusy} disabled={token === ""}>
            {say("verify.submit")}
          </Button>
        </Form>
      )}
      <p className="small">
        <Link to="/dashboard">{say("link.toDashboard")}</Link>
      </p>
    </Gate>
  );
}

export function Invitation() {
  const say = useSpeaker();
  const [token, setToken] = useState(() => fragment("token"));
  // A second invitation opened in the same tab changes only what stands behind `#`.
  useEffect(() => {
    const follow = () => setToken(fragment("token"));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const preview = useQuery({
    queryKey: ["invitation", token],
    queryFn: () => answer(client.POST("/api/v1/invitations/preview/", { body: { token } })),
    enabled: token !== "",
    retry: false,
  });
  const accept = useWrite({
    write: () =>
      answer(
        client.POST("/api/v1/invitations/accept/", {
          body: preview.data?.has_account === true ? { token } : { token, name: name.trim(), password },
        }),
      ),
  });
  const about =
    preview.data &&
    say("invitation.about", {
      who: preview.data.invited_by,
      organization: preview.data.organization,
      role: say(`role.${preview.data.role}`),
    });
  return (
    <Gate title={say("invitation.title")} about={about}>
      {token === "" && <Notice kind="error">{say("link.incomplete")}</Notice>}
      {preview.isLoading && <Skeleton label={say("state.loading")} lines={3} />}
      {preview.isError && <Failed error={preview.error} {...(preview.error instanceof Refusal && preview.error.status !== 0 ? {} : { retry: () => void preview.refetch() })} />}
      {accept.output !== undefined && (
        <Notice
          kind="good"
          action={
            <Link className="button button-primary button-small" to="/dashboard/sign-in">
              {say("signIn.submit")}
            </Link>
          }
        >
          {say("invitation.done", { organization: accept.output.organization.name })}
        </Notice>
      )}
      {preview.data !== undefined && accept.output === undefined && (
        <Form errors={accept.errors} onSubmit={() => accept.run(undefined)}>
          <Input name="" type="email" label={say("field.email")} value={preview.data.email} onChange={() => undefined} disabled autoComplete="username" />
          {!preview.data.has_account && (
            <>
              <Input name="/name" label={say("field.yourName")} autoComplete="name" required value={name} onChange={setName} />
              <Input
                name="/password"
                type="password"
                label={say("field.password")}
                help={say("field.passwordHelp")}
                autoComplete="new-password"
                required
                value={password}
                onChange={setPassword}
              />
            </>
          )}
          <Button kind="primary" type="submit" className="button-whole" isBusy={accept.isBusy}>
            {say("invitation.submit", { organization: preview.data.organization })}
          </Button>
        </Form>
      )}
    </Gate>
  );
}
