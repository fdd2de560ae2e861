// A picture: what it shows, its text for those who do not see it, and where it comes from.

import { useEditing, useValue } from "../context";
import { Frame } from "./Frame";
import { ImagePicker, type Picture, pictureOf } from "./ImagePicker";
import type { KindProps } from "./kind";

export function ImageField(props: KindProps<"image">) {
  const { isReadOnly } = useEditing();
  const [value, setValue] = useValue(props.path);
  const write = (picture: Picture | null) => setValue(picture ?? undefined);
  return (
    <Frame of={props} isGroup isDeep>
      {(control) => <ImagePicker id={control.id} path={props.path} picture={pictureOf(value)} isReadOnly={isReadOnly} isItem={props.isBare} onChange={write} />}
    </Frame>
  );
}
