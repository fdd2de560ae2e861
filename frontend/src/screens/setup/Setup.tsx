// The first run, in four steps: the code, the owner, the hotel group, what it starts with.

import { useQuery } from "@tanstack/react-query";
import { Link, Navigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import { answer, carry, client, Refusal, type Schemas } from "../api/client";
import { Gate } from "../shell/Gate";
import { begin, explain, installation, useWrite } from "../shell/queries";
import { Failed } from "../shell/states";
import { useSpeaker } from "../state/interface";
import { Form, type FormErrors, Input, Select } from "../ui/form";
import { Button, Skeleton } from "../ui/parts";
import { LanguageFields } from "./LanguageFields";
import { fragment } from "./Links";
import { currencies, ownTimeZone, timeZones } from "./places";

const STEPS = ["code", "owner", "organization", "start"] as const;
type Step = (typeof STEPS)[number];

/** The step that holds the first refused field, so that its error is seen. */
function stepOf(refusal: unknown): Step | null {
  if (!(refusal instanceof Refusal)) return null;
  if (refusal.code.startsWith("setup_code")) return "code";
  const pointer = refusal.fields[0]?.pointer;
  return STEPS.find((step) => pointer?.startsWith(`/${step}`)) ?? null;
}

export function Setup() {
  const say = useSpeaker();
  const state = useQuery(installation);
  if (state.data?.is_open === false) return <Navigate to="/dashboard" replace />;
  if (state.data !== undefined) return <Wizard starts={state.data.starts} />;
  return (
    <Gate title={say("setup.title")} isWide>
      {state.isError ? <Failed error={state.error} retry={() => void state.refetch()} /> : <Skeleton label={say("state.loading")} />}
    </Gate>
  );
}

function Wizard({ starts }: { starts: Schemas["OfferedStart"][] }) {
  const say = useSpeaker();
  const [step, setStep] = useState<Step>("code");
  const [code, setCode] = useState(() => fragment("code"));
  const [owner, setOwner] = useState({ name: "", email: "", password: "" });
  const [organization, setOrganization] = useState<Schemas["WishedOrganization"]>({
    name: "",
    time_zone: ownTimeZone(),
    currency: "EUR",
    locales: [say.language],
    default_locale: say.language,
  });
  const [start, setStart] = useState<Schemas["Start"]>("sample");
  const setUp = useWrite({
    write: () =>
      answer(
        client.POST("/api/v1/setup/", {
          params: { header: { "X-Session": "cookie" } },
          body: { code: code.trim(), owner: { ...owner, email: owner.email.trim(), name: owner.name.trim() }, organization, start },
        }),
      ),
    done: (made) => {
      begin(made);
      carry({ organization: made.organization.id });
    },
  });
  // A refusal leads back to the step that it speaks of, once.
  const [seen, setSeen] = useState<unknown>(null);
  if (setUp.refusal !== seen) {
    setSeen(setUp.refusal);
    const wrong = stepOf(setUp.refusal);
    if (wrong !== null) setStep(wrong);
  }
  if (setUp.output !== undefined) return <Done made={setUp.output} />;

  const at = STEPS.indexOf(step);
  const missing: Record<Step, string | null> = {
    code: code.trim() === "" ? say("setup.codeMissing") : null,
    owner: owner.name.trim() === "" || owner.email.trim() === "" || owner.password === "" ? say("setup.ownerMissing") : null,
    organization: organization.name.trim() === "" ? say("setup.organizationMissing") : null,
    start: null,
  };
  const go = () => {
    const next = STEPS[at + 1];
    if (next === undefined) setUp.run(undefined);
    else setStep(next);
  };
  const frame = (children: ReactNode, submit: string) => (
    <StepForm key={step} errors={setUp.errors} missing={missing[step]} isBusy={setUp.isBusy} submit={submit} onSubmit={go} {...(at === 0 ? {} : { onBack: () => setStep(STEPS[at - 1] ?? "code") })}>
      {children}
    </StepForm>
  );
  const above = (
    <ol className="steps" aria-label={say("setup.step", { step: at + 1, of: STEPS.length })}>
      {STEPS.map((each, index) => (
        <li key={each} data-state={index < at ? "done" : index === at ? "now" : "later"} />
      ))}
    </ol>
  );
  switch (step) {
    case "code":
      return (
        <Gate title={say("setup.title")} about={say("setup.codeAbout")} isWide above={above}>
          {frame(
            <Input
              name="/code"
              label={say("setup.code")}
              help={say("setup.codeHelp")}
              className="control control-code"
              autoComplete="off"
              autoCapitalize="characters"
              spellCheck={false}
              value={code}
              onChange={setCode}
            />,
            say("action.continue"),
          )}
        </Gate>
      );
    case "owner":
      return (
        <Gate title={say("setup.owner")} about={say("setup.ownerAbout")} isWide above={above}>
          {frame(
            <>
              <Input name="/owner/name" label={say("field.yourName")} autoComplete="name" value={owner.name} onChange={(name) => setOwner({ ...owner, name })} />
              <Input name="/owner/email" type="email" label={say("field.email")} autoComplete="username" value={owner.email} onChange={(email) => setOwner({ ...owner, email })} />
              <Input
                name="/owner/password"
                type="password"
                label={say("field.password")}
                help={say("field.passwordHelp")}
                autoComplete="new-password"
                value={owner.password}
                onChange={(password) => setOwner({ ...owner, password })}
              />
            </>,
            say("action.continue"),
          )}
        </Gate>
      );
    case "organization":
      return (
        <Gate title={say("setup.organization")} about={say("setup.organizationAbout")} isWide above={above}>
          {frame(
            <>
              <Input
                name="/organization/name"
                label={say("organization.name")}
                help={say("setup.organizationHelp")}
                autoComplete="organization"
                value={organization.name}
                onChange={(name) => setOrganization({ ...organization, name })}
              />
              <div className="columns">
                <Select name="/organization/time_zone" label={say("field.timeZone")} value={organization.time_zone} options={timeZones()} onChange={(time_zone) => setOrganization({ ...organization, time_zone })} />
                <Select name="/organization/currency" label={say("field.currency")} value={organization.currency} options={currencies(say)} onChange={(currency) => setOrganization({ ...organization, currency })} />
              </div>
              <LanguageFields
                locales={organization.locales}
                defaultLocale={organization.default_locale}
                names={{ locales: "/organization/locales", defaultLocale: "/organization/default_locale" }}
                onChange={(locales, default_locale) => setOrganization({ ...organization, locales, default_locale })}
              />
            </>,
            say("action.continue"),
          )}
        </Gate>
      );
    case "start":
      return (
        <Gate title={say("setup.start")} about={say("setup.startAbout")} isWide above={above}>
          {frame(
            <fieldset className="stack stack-narrow">
              <legend className="hidden-visually">{say("setup.start")}</legend>
              {starts.map((offered) => (
                <label className="choice" key={offered.name}>
                  <input
                    type="radio"
                    name="start"
                    disabled={!offered.is_available}
                    checked={start === offered.name}
                    onChange={() => setStart(offered.name as Schemas["Start"])}
                  />
                  <span className="strong">{startWord(offered, "title")}</span>
                  <span className="soft small">{startWord(offered, "about")}</span>
                </label>
              ))}
            </fieldset>,
            say("setup.submit"),
          )}
        </Gate>
      );
  }

  function startWord(offered: Schemas["OfferedStart"], part: "title" | "about"): string {
    if (!offered.is_available) return part === "title" ? say("start.restore.title") : say("start.restore.about");
    return say(`start.${offered.name as Schemas["Start"]}.${part}`);
  }
}

interface StepFormProps {
  errors: FormErrors;
  missing: string | null;
  isBusy: boolean;
  submit: string;
  onSubmit: () => void;
  onBack?: () => void;
  children: ReactNode;
}

function StepForm({ errors, missing, isBusy, submit, onSubmit, onBack, children }: StepFormProps) {
  const say = useSpeaker();
  const [complaint, setComplaint] = useState<FormErrors | null>(null);
  return (
    <Form
      errors={complaint ?? errors}
      onSubmit={() => {
        if (missing === null) onSubmit();
        else setComplaint({ message: missing, field: () => undefined });
      }}
    >
      {children}
      <div className="row row-apart">
        {onBack === undefined ? (
          <span />
        ) : (
          <Button kind="quiet" onClick={onBack}>
            {say("action.back")}
          </Button>
        )}
        <Button kind="primary" type="submit" isBusy={isBusy}>
          {isBusy ? say("setup.busy") : submit}
        </Button>
      </div>
    </Form>
  );
}

/** The last step shows what is there now, from the server itself. */
function Done({ made }: { made: Schemas["SetUp"] }) {
  const say = useSpeaker();
  const counted = useQuery({
    queryKey: ["setup-done", made.site?.id],
    queryFn: () => answer(client.GET("/api/v1/sites/{site}/entries/", { params: { path: { site: made.site?.id ?? "" }, query: { page_size: 1 } } })),
    enabled: made.site !== null,
  });
  return (
    <Gate title={say("setup.done", { organization: made.organization.name })} isWide>
      <div className="stack">
        <p>
          {made.site === null
            ? say("setup.doneEmpty")
            : say("setup.doneSite", { site: made.site.name, count: counted.data === undefined ? "…" : say.number(counted.data.count) })}
        </p>
        {counted.isError && <p className="soft">{explain(counted.error, say)}</p>}
        <div className="row">
          <Link className="button button-primary" to="/dashboard">
            {say("setup.toDashboard")}
          </Link>
          <a className="button" href="/docs/">
            {say("shell.help")}
          </a>
        </div>
      </div>
    </Gate>
  );
}
