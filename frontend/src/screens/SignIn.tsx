import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { useEffect, useState } from "react";

import { answer, client, Refusal } from "../api/client";
import { ownPlace, useQueryParam } from "../shell/address";
import { Gate } from "../shell/Gate";
import { installation, me, useWrite } from "../shell/queries";
import { enter } from "../shell/Shell";
import { useSpeaker } from "../state/interface";
import { Form, Input } from "../ui/form";
import { Button, Notice } from "../ui/parts";

const CODE_IS_NEEDED = ["two_factor_required", "two_factor_code_wrong"];

export function SignIn() {
  const say = useSpeaker();
  const next = useQueryParam("next");
  const notice = useQueryParam("notice");
  const state = useQuery(installation);
  const signedIn = useQuery({ ...me, retry: false });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const signIn = useWrite({
    write: () =>
      answer(
        client.POST("/api/v1/auth/login/", {
          params: { header: { "X-Session": "cookie" } },
          body: { email: email.trim(), password, code: code.trim() === "" ? null : code.trim() },
        }),
      ),
    done: (session) => enter(session, next),
  });
  if (state.data?.is_open === true) return <Navigate to="/setup" replace />;
  if (signedIn.isSuccess) return <Onward to={ownPlace(next)} />;
  const refused = signIn.refusal instanceof Refusal ? signIn.refusal.code : null;
  const asksForCode = refused !== null && (CODE_IS_NEEDED.includes(refused) || code !== "");
  return (
    <Gate title={say("signIn.title")}>
      {notice === "reset" && <Notice kind="good">{say("signIn.afterReset")}</Notice>}
      <Form
        // That a code is asked for is the next step, not an error.
        {...(refused === "two_factor_required" ? {} : { errors: signIn.errors })}
        onSubmit={() => signIn.run(undefined)}
      >
        <Input name="/email" type="email" label={say("field.email")} autoComplete="username" required value={email} onChange={setEmail} />
        <Input
          name="/password"
          type="password"
          label={say("field.password")}
          autoComplete="current-password"
          required
          value={password}
          onChange={setPassword}
        />
        {asksForCode && (
          <Input
            name="/code"
            label={say("signIn.code")}
            help={say("signIn.codeHelp")}
            autoComplete="one-time-code"
            className="control control-code"
            // The field appears because it is the next thing to fill.
            ref={(input) => input?.focus()}
            value={code}
            onChange={setCode}
          />
        )}
        <Button kind="primary" type="submit" className="button-whole" isBusy={signIn.isBusy}>
          {say("signIn.submit")}
        </Button>
      </Form>
      <p className="small">
        <Link to="/dashboard/forgot">
          {say("signIn.forgot")}
        </Link>
      </p>
    </Gate>
  );
}

/** Who is signed in already goes on to where they were sent from, which need not be a screen of this application. */
function Onward({ to }: { to: string }) {
  useEffect(() => location.replace(to), [to]);
  return null;
}
