package muster.scheduler.broker;

import java.util.function.Supplier;
import muster.scheduler.plan.Schedulers;
import muster.scheduler.state.Command;
import muster.scheduler.state.PlanResult;

/** Commits plans one after the other, each checked against the newest state. Any thread; callers wait for their turn. */
final class PlanApplier {
    private final Writer writer;

    PlanApplier(Writer writer) {
        this.writer = writer;
    }

    /** Whether all of a plan was committed, and whether anything was. */
    record Committed(boolean full, boolean anything) {}

    /**
     * Plans and commits while no other plan is: who lost to others each time before is not overtaken again. Others plan on meanwhile, and
     * wait with their commits.
     */
    synchronized <T> T alone(Supplier<T> planning) {
        return planning.get();
    }

    synchronized Committed commit(PlanResult plan, boolean allAtOnce) {
        Schedulers.Checked checked = Schedulers.check(writer.state(), plan, allAtOnce);
        boolean anything = !checked.plan().isEmpty() || !checked.plan().evaluations().isEmpty();
        if (anything) {
            writer.write(new Command.ApplyPlan(checked.plan()));
        }
        return new Committed(checked.full(), anything);
    }
}
