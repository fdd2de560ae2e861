// The default theme without its web font's other scripts, in the product's colour.
import DefaultTheme from "vitepress/theme";
import "./colours.css";

export default DefaultTheme;
