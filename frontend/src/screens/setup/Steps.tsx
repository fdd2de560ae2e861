// How far setup is, and the screen that a step stands on.

import type { ReactNode } from "react";

import { Gate } from "../../shell/Gate";
import { useSpeaker } from "../../state/interface";

export const STEPS = ["code", "owner", "organization", "start", "facts", "photos", "website"] as const;
export type StepName = (typeof STEPS)[number];

interface StepProps {
  step: StepName;
  /** The steps of the start that was chosen. */
  of?: readonly StepName[];
  title: string;
  about?: ReactNode;
  size?: "wide" | "whole";
  children: ReactNode;
}

export function Step({ step, of = STEPS, title, about, size = "wide", children }: StepProps) {
  const say = useSpeaker();
  const at = of.indexOf(step);
  const above = (
    <ol className="steps" aria-label={say("setup.step", { step: at + 1, of: of.length })}>
      {of.map((each, index) => (
        <li key={each} data-state={index < at ? "done" : index === at ? "now" : "later"} />
      ))}
    </ol>
  );
  return (
    <Gate title={title} about={about} size={size} above={above}>
      {children}
    </Gate>
  );
}
