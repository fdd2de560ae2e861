// The states of a place: being fetched, refused, there.

import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useEffect, useState } from "react";

import { Refusal } from "../api/client";
import { useSpeaker } from "../state/interface";
import { Button, Notice, Skeleton } from "../ui/parts";
import { explain } from "./queries";

interface LoadedProps<T> {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
  lines?: number;
}

export function Loaded<T>({ query, children, lines = 6 }: LoadedProps<T>) {
  const say = useSpeaker();
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <Failed error={query.error} retry={() => void query.refetch()} />;
  return <Skeleton label={say("state.loading")} lines={lines} />;
}

export function Failed({ error, retry }: { error: unknown; retry?: () => void }) {
  const say = useSpeaker();
  const isForbidden = error instanceof Refusal && error.status === 403;
  return (
    <Notice
      kind={isForbidden ? "waiting" : "error"}
      action={
        retry !== undefined &&
        !isForbidden && (
          <Button isSmall onClick={retry}>
            {say("action.retry")}
          </Button>
        )
      }
    >
      <p>{isForbidden ? say("state.forbidden") : explain(error, say)}</p>
    </Notice>
  );
}

export function useOnline(): boolean {
  const [isOnline, setIsOnline] = useState(navigator.onLine);
  useEffect(() => {
    const update = () => setIsOnline(navigator.onLine);
    addEventListener("online", update);
    addEventListener("offline", update);
    return () => {
      removeEventListener("online", update);
      removeEventListener("offline", update);
    };
  }, []);
  return isOnline;
}

interface PageProps {
  title: string;
  about?: ReactNode;
  back?: ReactNode;
  actions?: ReactNode;
  /** A form with what belongs to it is wide; with its preview it takes all there is. */
  size?: "plain" | "wide" | "whole";
  children: ReactNode;
}

/** The working surface: a title, the screen's main action at its right, and what there is to work on. */
export function Page({ title, about, back, actions, size = "plain", children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · GammaCMS`;
  }, [title]);
  return (
    <main className={size === "plain" ? "page" : `page page-${size}`} id="content" tabIndex={-1}>
      <div className="page-head">
        <div className="page-head-text">
          {back}
          <h1>{title}</h1>
          {about !== undefined && <p className="soft">{about}</p>}
        </div>
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
      {children}
    </main>
  );
}
