// The first run: the code, the owner, the hotel group, what it starts with, and for a website of one's own its facts. The
// photographs and the website itself follow at addresses of their own, once all of this is on the server.

import { useQuery } from "@tanstack/react-query";
import { Navigate, useNavigate } from "@tanstack/react-router";
import { type ReactNode, useState } from "react";

import { answer, carry, client, Refusal, type Schemas } from "../../api/client";
import { Gate } from "../../shell/Gate";
import { begin, installation, useWrite } from "../../shell/queries";
import { Failed } from "../../shell/states";
import { useInterface, useSpeaker } from "../../state/interface";
import { Form, type FormErrors, Input, Select } from "../../ui/form";
import { Button, Skeleton } from "../../ui/parts";
import { LanguageFields } from "../LanguageFields";
import { fragment } from "../Links";
import { currencies, ownTimeZone, timeZones } from "../places";
import { FactFields, factsToSend, NO_FACTS, withoutEmptyRooms } from "./Facts";
import { Step, type StepName, STEPS } from "./Steps";

type FormStep = "code" | "owner" | "organization" | "start" | "facts";

/** What a start leads through. */
const WAYS: Record<Schemas["Start"], readonly StepName[]> = {
  hotel_classic: STEPS,
  sample: STEPS.filter((step) => step !== "facts" && step !== "photos"),
  empty: STEPS.slice(0, 4),
};
const FORM_STEPS: readonly FormStep[] = ["code", "owner", "organization", "start", "facts"];

/** The step that holds the first refused field, so that its error is seen. */
function stepOf(refusal: unknown): FormStep | null {
  if (!(refusal instanceof Refusal)) return null;
  if (refusal.code.startsWith("setup_code")) return "code";
  const pointer = refusal.fields[0]?.pointer;
  return FORM_STEPS.find((step) => pointer?.startsWith(`/${step}`)) ?? null;
}

export function Setup() {
  const say = useSpeaker();
  const state = useQuery(installation);
  if (state.data?.is_open === false) return <Navigate to="/dashboard" replace />;
  if (state.data !== undefined) return <Wizard starts={state.data.starts} />;
  return (
    <Gate title={say("setup.title")} size="wide">
      {state.isError ? <Failed error={state.error} retry={() => void state.refetch()} /> : <Skeleton label={say("state.loading")} />}
    </Gate>
  );
}

function Wizard({ starts }: { starts: Schemas["OfferedStart"][] }) {
  const say = useSpeaker();
  const [step, setStep] = useState<FormStep>("code");
  const [code, setCode] = useState(() => fragment("code"));
  const [owner, setOwner] = useState({ name: "", email: "", password: "" });
  const [organization, setOrganization] = useState<Schemas["WishedOrganization"]>({
    name: "",
    time_zone: ownTimeZone(),
    currency: "EUR",
    locales: [say.language],
    default_locale: say.language,
  });
  const [start, setStart] = useState<Schemas["Start"]>("hotel_classic");
  const [facts, setFacts] = useState(NO_FACTS);
  const navigate = useNavigate();
  const setOrganizationInUse = useInterface((state) => state.setOrganization);
  const setUp = useWrite({
    write: () =>
      answer(
        client.POST("/api/v1/setup/", {
          params: { header: { "X-Session": "cookie" } },
          body: { code: code.trim(), owner: { ...owner, email: owner.email.trim(), name: owner.name.trim() }, organization, start, ...(start === "hotel_classic" ? { facts: factsToSend(facts, organization.locales) } : {}) },
        }),
      ),
    done: (made) => {
      begin(made);
      carry({ organization: made.organization.id });
      setOrganizationInUse(made.organization.id);
      const search = made.site === null ? {} : { site: made.site.id };
      void navigate({ to: start === "hotel_classic" ? "/setup/photos" : "/setup/website", search, replace: true });
    },
  });
  // A refusal leads back to the step that it speaks of, once.
  const [seen, setSeen] = useState<unknown>(null);
  if (setUp.refusal !== seen) {
    setSeen(setUp.refusal);
    const wrong = stepOf(setUp.refusal);
    if (wrong !== null) setStep(wrong);
  }
  const way = WAYS[start];
  const forms = FORM_STEPS.filter((each) => way.includes(each));
  const at = forms.indexOf(step);
  const missing: Record<FormStep, string | null> = {
    code: code.trim() === "" ? say("setup.codeMissing") : null,
    owner: owner.name.trim() === "" || owner.email.trim() === "" || owner.password === "" ? say("setup.ownerMissing") : null,
    organization: organization.name.trim() === "" ? say("setup.organizationMissing") : null,
    start: null,
    facts: facts.name.trim() === "" ? say("facts.nameMissing") : null,
  };
  const go = () => {
    const next = forms[at + 1];
    if (next === undefined) {
      // What is refused is named by its row: rows without a word go first.
      setFacts(withoutEmptyRooms(facts));
      setUp.run(undefined);
      return;
    }
    // One hotel is a group too: its name is the first to try.
    if (next === "facts" && facts.name === "") setFacts({ ...facts, name: organization.name.trim() });
    setStep(next);
  };
  const frame = (children: ReactNode, submit: string) => (
    <StepForm key={step} errors={setUp.errors} missing={missing[step]} isBusy={setUp.isBusy} submit={submit} onSubmit={go} {...(at === 0 ? {} : { onBack: () => setStep(forms[at - 1] ?? "code") })}>
      {children}
    </StepForm>
  );
  switch (step) {
    case "code":
      return (
        <Step step="code" of={way} title={say("setup.title")} about={say("setup.codeAbout")}>
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
        </Step>
      );
    case "owner":
      return (
        <Step step="owner" of={way} title={say("setup.owner")} about={say("setup.ownerAbout")}>
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
        </Step>
      );
    case "organization":
      return (
        <Step step="organization" of={way} title={say("setup.organization")} about={say("setup.organizationAbout")}>
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
        </Step>
      );
    case "start":
      return (
        <Step step="start" of={way} title={say("setup.start")} about={say("setup.startAbout")}>
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
            forms.at(-1) === "start" ? say("setup.submit") : say("action.continue"),
          )}
        </Step>
      );
    case "facts":
      return (
        <Step step="facts" of={way} title={say("facts.title")} about={say("facts.about")}>
          {frame(
            <FactFields facts={facts} locales={organization.locales} defaultLocale={organization.default_locale} currency={organization.currency} onChange={setFacts} />,
            say("facts.submit"),
          )}
        </Step>
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
