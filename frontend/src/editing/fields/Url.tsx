import { useState } from "react";

import { useSpeaker } from "../../state/interface";
import { Button } from "../../ui/parts";
import { useEditing, useValue } from "../context";
import { addressOf } from "../links";
import { PageDialog } from "../PageDialog";
import { Frame } from "./Frame";
import type { KindProps } from "./kind";
import { asText, useTyped } from "./typed";

export function UrlField(props: KindProps<"url">) {
  const say = useSpeaker();
  const { isReadOnly } = useEditing();
  const [, setValue] = useValue(props.path);
  const typed = useTyped(props.path, asText, addressOf);
  const [isChoosing, setIsChoosing] = useState(false);
  return (
    <>
      <Frame of={props}>
        {(control) => (
          <div className="row row-fixed">
            <input className="control" type="text" inputMode="url" autoComplete="off" spellCheck={false} {...control} {...typed} />
            {!isReadOnly && (
              <Button isSmall onClick={() => setIsChoosing(true)}>
                {say("link.choose")}
              </Button>
            )}
          </div>
        )}
      </Frame>
      {isChoosing && (
        <PageDialog
          onChoose={(url) => {
            setValue(url);
            setIsChoosing(false);
          }}
          onClose={() => setIsChoosing(false)}
        />
      )}
    </>
  );
}
