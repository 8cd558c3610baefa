import { useBrand, useConfig } from "@/lib/config";
import classes from "./brand.module.css";

const BUILT_IN_NAME = "Consultant Connect";
/** Made by the gateway: the initial of the marketplace's name. */
const ICON = "/icons/brand.svg";

/** The marketplace's logo or initial, or the built-in mark under the built-in name, and its name. */
export function Brand() {
  const brand = useBrand();
  const known = useConfig() !== null;
  const picture = brand.logo_url ?? (known && brand.name !== BUILT_IN_NAME ? ICON : null);
  return (
    <>
      {picture ? <img className={classes.logo} src={picture} alt="" height={30} /> : <Mark />}
      <span className={classes.name}>{brand.name}</span>
    </>
  );
}

function Mark() {
  return (
    <svg width="30" height="30" viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" fill="var(--mantine-color-pine-7)" />
      <path
        d="M20.6 11.4a6.5 6.5 0 1 0 0 9.2"
        fill="none"
        stroke="#fff"
        strokeWidth="3.2"
        strokeLinecap="round"
      />
      <circle cx="22.6" cy="16" r="2.6" fill="#ffc27a" />
    </svg>
  );
}
