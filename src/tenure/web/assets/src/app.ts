// What every page loads: partial updates, confirmation, keyboard. Pages work without it.
import htmx from "htmx.org";
import { showCurrent } from "./current";
import { startConfirm } from "./confirm";
import { startForms } from "./forms";
import { startKeyboard } from "./keyboard";
import { startPrint } from "./print";
import { startQueue } from "./queue";
import { startSearch } from "./search";

// The content security policy forbids eval and inline styles; htmx must not try.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.allowScriptTags = false;
htmx.config.selfRequestsOnly = true;
htmx.config.historyCacheSize = 0;
htmx.config.scrollBehavior = "instant";

startConfirm(document);
startForms(document);
startKeyboard(document);
startPrint(document);
startQueue(document);
startSearch(document);
// Reading sizes lays the page out, which would hold up the first paint if it were done here.
requestAnimationFrame(() => showCurrent(document));
