/** How to scroll to something: smoothly, unless whoever looks wants less motion. */
export function scrollBehavior(): "smooth" | "auto" {
  return matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
}
