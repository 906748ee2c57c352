package muster.lb.traefik;

import java.util.Optional;
import muster.lb.tree.Values;

/** Who hears of a router's requests (Traefik: "Observability"). Pure. */
public record Observed(boolean accessLogs, boolean metrics, boolean tracing) {
    static final Observed BY_ALL = new Observed(true, true, true);

    /** What a router wishes, and this where it wishes nothing. */
    Observed of(Values router) {
        Optional<Values> wish = router.section("observability");
        return wish.isEmpty() ? this : new Observed(
                wish.get().has("accessLogs") ? wish.get().flag("accessLogs") : accessLogs,
                wish.get().has("metrics") ? wish.get().flag("metrics") : metrics,
                wish.get().has("tracing") ? wish.get().flag("tracing") : tracing);
    }
}
