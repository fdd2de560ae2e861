// Formatted text. The editor is large: it arrives when the first such field is shown.

import { lazy, Suspense } from "react";

import { useSpeaker } from "../../state/interface";
import { Skeleton } from "../../ui/parts";
import { useEditing, useValue } from "../context";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";

const RichTextEditor = lazy(() => import("../rich-text/Editor"));

export function RichTextField(props: KindProps<"rich_text">) {
  const say = useSpeaker();
  const { isReadOnly, locale } = useEditing();
  const [value, setValue] = useValue(props.path);
  return (
    <Frame of={props} isDeep isGroup>
      {(control) => (
        <Suspense fallback={<Skeleton label={say("state.loading")} lines={4} />}>
          <RichTextEditor
            id={control.id}
            label={props.label}
            describedBy={control["aria-describedby"]}
            isInvalid={control["aria-invalid"]}
            locale={props.isLocalized ? locale : undefined}
            value={value}
            maxLength={props.kind.max_length}
            isReadOnly={isReadOnly}
            onChange={setValue}
          />
        </Suspense>
      )}
    </Frame>
  );
}
