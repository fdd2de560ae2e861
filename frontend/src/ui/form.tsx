// Fields: label above, help below, the error in place. A form tells all its errors in one summary that takes the focus.

import { type ComponentProps, createContext, type ReactNode, useContext, useEffect, useId, useRef } from "react";

import { Icon } from "./icons";

/** What a form knows of the last refusal. */
export interface FormErrors {
  message: string | null;
  field: (name: string) => string | undefined;
}

const NONE: FormErrors = { message: null, field: () => undefined };
const Errors = createContext<FormErrors>(NONE);
const ReadOnly = createContext(false);

interface FormProps extends Omit<ComponentProps<"form">, "onSubmit"> {
  errors?: FormErrors;
  isReadOnly?: boolean;
  onSubmit: () => void;
}

export function Form({ errors = NONE, isReadOnly = false, onSubmit, children, ...rest }: FormProps) {
  const summary = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (errors.message !== null) summary.current?.focus();
  }, [errors]);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit();
      }}
      {...rest}
      className={rest.className ?? "stack"}
    >
      {errors.message !== null && (
        <div className="notice notice-error" role="alert" tabIndex={-1} ref={summary}>
          <Icon name="warning" />
          <div>{errors.message}</div>
        </div>
      )}
      <ReadOnly value={isReadOnly}>
        <Errors value={errors}>{children}</Errors>
      </ReadOnly>
    </form>
  );
}

interface FieldProps {
  label: ReactNode;
  help?: ReactNode;
  /** JSON Pointer of the field in what is sent; its error is shown here. */
  name: string;
  error?: string | undefined;
  optional?: string;
}

function useField({ name, error, help }: FieldProps) {
  const id = useId();
  const errors = useContext(Errors);
  const isReadOnly = useContext(ReadOnly);
  const message = error ?? errors.field(name);
  const described = [message !== undefined && `${id}-error`, help !== undefined && `${id}-help`].filter(Boolean).join(" ");
  return {
    id,
    message,
    isReadOnly,
    aria: { "aria-invalid": message !== undefined, "aria-describedby": described === "" ? undefined : described },
  };
}

function Framed({ id, label, help, message, optional, children }: Omit<FieldProps, "name" | "error"> & { id: string; message: string | undefined; children: ReactNode }) {
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label} {optional !== undefined && <span className="field-optional">({optional})</span>}
      </label>
      {children}
      {message !== undefined && (
        <div className="field-error" id={`${id}-error`}>
          <Icon name="warning" size={16} />
          <span>{message}</span>
        </div>
      )}
      {help !== undefined && (
        <div className="field-help" id={`${id}-help`}>
          {help}
        </div>
      )}
    </div>
  );
}

type InputProps = FieldProps & Omit<ComponentProps<"input">, "name" | "onChange" | "value"> & { value: string; onChange: (value: string) => void };

export function Input({ label, help, name, error, optional, onChange, className, ...rest }: InputProps) {
  const field = useField({ label, help, name, error });
  return (
    <Framed id={field.id} label={label} help={help} message={field.message} {...(optional === undefined ? {} : { optional })}>
      <input
        id={field.id}
        className={className ?? "control"}
        disabled={field.isReadOnly}
        {...rest}
        {...field.aria}
        onChange={(event) => onChange(event.target.value)}
      />
    </Framed>
  );
}

type SelectProps = FieldProps & { value: string; onChange: (value: string) => void; options: readonly { value: string; label: string }[]; disabled?: boolean };

export function Select({ label, help, name, error, value, onChange, options, disabled }: SelectProps) {
  const field = useField({ label, help, name, error });
  return (
    <Framed id={field.id} label={label} help={help} message={field.message}>
      <select
        id={field.id}
        className="control"
        value={value}
        disabled={disabled === true || field.isReadOnly}
        onChange={(event) => onChange(event.target.value)}
        {...field.aria}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </Framed>
  );
}

interface ChecksProps<T extends string> {
  legend: string;
  help?: string;
  name: string;
  values: readonly T[];
  options: readonly { value: T; label: string }[];
  onChange: (values: T[]) => void;
}

/** Several of a few. */
export function Checks<T extends string>({ legend, help, name, values, options, onChange }: ChecksProps<T>) {
  const errors = useContext(Errors);
  const isReadOnly = useContext(ReadOnly);
  const message = errors.field(name);
  return (
    <fieldset className="field" disabled={isReadOnly}>
      <legend className="field-label">{legend}</legend>
      {help !== undefined && <div className="field-help">{help}</div>}
      <div className="columns">
        {options.map((option) => (
          <label className="check" key={option.value}>
            <input
              type="checkbox"
              checked={values.includes(option.value)}
              onChange={(event) =>
                onChange(event.target.checked ? [...values, option.value] : values.filter((value) => value !== option.value))
              }
            />
            <span>{option.label}</span>
          </label>
        ))}
      </div>
      {message !== undefined && <div className="field-error">{message}</div>}
    </fieldset>
  );
}
