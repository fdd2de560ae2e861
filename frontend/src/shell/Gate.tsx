// What surrounds the screens of those who are not signed in.

import { type ReactNode, useEffect } from "react";

import { type Language, LANGUAGES } from "../words";
import { useInterface, useSpeaker } from "../state/interface";
import { Banners } from "./Shell";

interface GateProps {
  title: string;
  about?: ReactNode;
  /** A form is wide; a website takes all there is. */
  size?: "plain" | "wide" | "whole";
  above?: ReactNode;
  children: ReactNode;
}

export function Gate({ title, about, size = "plain", above, children }: GateProps) {
  const say = useSpeaker();
  const setLanguage = useInterface((state) => state.setLanguage);
  useEffect(() => {
    document.title = `${title} · GammaCMS`;
  }, [title]);
  return (
    <div>
      <Banners />
      <div className={size === "whole" ? "gate gate-whole" : "gate"}>
        <main className="gate-main">
          <div className={`gate-form${size === "plain" ? "" : ` gate-form-${size}`}`}>
            <div className="row row-apart">
              <div className="gate-brand">
                <img src="/dashboard/favicon.svg" alt="" />
                GammaCMS
              </div>
              <select
                className="control control-inline"
                aria-label={say("account.language")}
                value={say.language}
                onChange={(event) => setLanguage(event.target.value as Language)}
              >
                {Object.entries(LANGUAGES).map(([tag, name]) => (
                  <option key={tag} value={tag}>
                    {name}
                  </option>
                ))}
              </select>
            </div>
            {above}
            <div className="stack stack-narrow">
              <h1>{title}</h1>
              {about !== undefined && <p className="soft">{about}</p>}
            </div>
            {children}
          </div>
        </main>
        <aside className="gate-side" aria-hidden="true">
          <Lake />
          <p>{say("gate.sentence")}</p>
          <small>{say("gate.place")}</small>
        </aside>
      </div>
    </div>
  );
}

/** A hotel by a lake in the evening; drawn in the hand of the sample group's pictures. */
function Lake() {
  return (
    <svg viewBox="0 0 600 800" preserveAspectRatio="xMidYMid slice" fill="none" stroke="currentColor" strokeWidth="1.5" strokeLinecap="round" strokeLinejoin="round" opacity="0.5">
      <circle cx="430" cy="170" r="46" />
      <path d="M-20 380 90 250l60 70 90-140 120 170 70-80 80 90 110-60v200" />
      <path d="M-20 430c120-30 200 20 320-6s200-30 330 10" />
      <path d="M150 430v-96h110v96M150 334l55-42 55 42M172 358h18v24h-18zM220 358h18v24h-18zM196 430v-30h20v30M260 430v-62h64v62M276 384h12M300 384h12M276 404h12M300 404h12" />
      <path d="M60 476h92M190 500h160M400 484h130M40 530h70M240 546h120M430 530h90M120 580h130M330 590h180" />
      <path d="M396 470c20 8 50 8 74 0l-8 16h-58zM432 470v-52l28 44" />
    </svg>
  );
}
