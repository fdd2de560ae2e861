// A page's sections have a form of their own (`sections/`), beside the other fields: here stands nothing.
export function SectionsField() {
  return null;
}
