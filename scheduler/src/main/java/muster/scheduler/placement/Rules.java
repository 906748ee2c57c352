package muster.scheduler.placement;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import muster.scheduler.job.Affinity;
import muster.scheduler.job.Constraint;
import muster.scheduler.job.Job;
import muster.scheduler.job.Task;
import muster.scheduler.job.TaskGroup;
import muster.scheduler.job.Values;
import muster.scheduler.state.Node;

/** The conditions that a job, a group and its tasks put on a node by its attributes, taken apart once for many nodes. */
record Rules(List<Rule> shared, List<Rule> unique, List<Preference> preferences, boolean preferencesAreShared) {
    /** A constraint with its targets; {@code text} is how metrics name it. */
    record Rule(Target left, String operand, Target right, String text) {
        boolean isMet(Node node) {
            return Conditions.meets(operand, left.on(node), right.on(node));
        }
    }

    /** An affinity. */
    record Preference(Rule rule, int weight) {}

    static Rules of(Job job, TaskGroup group) {
        List<Rule> shared = new ArrayList<>();
        List<Rule> unique = new ArrayList<>();
        for (Constraint constraint : constraints(job, group)) {
            Rule rule = new Rule(Target.of(constraint.lTarget()), constraint.operand(), Target.of(constraint.rTarget()),
                    constraint.text());
            (rule.left().isUnique() || rule.right().isUnique() ? unique : shared).add(rule);
        }
        List<Affinity> affinities = new ArrayList<>(Values.orEmpty(job.affinities()));
        affinities.addAll(Values.orEmpty(group.affinities()));
        group.tasks().forEach(task -> affinities.addAll(Values.orEmpty(task.affinities())));
        List<Preference> preferences = affinities.stream().map(a -> new Preference(new Rule(Target.of(a.lTarget()), a.operand(),
                Target.of(a.rTarget()), ""), a.weight() == null ? 50 : a.weight())).toList();
        boolean alike = preferences.stream().noneMatch(p -> p.rule().left().isUnique() || p.rule().right().isUnique());
        return new Rules(shared, unique, preferences, alike);
    }

    /** The constraints of job, group and tasks, in the order in which they are checked. */
    static List<Constraint> constraints(Job job, TaskGroup group) {
        List<Constraint> all = new ArrayList<>(Values.orEmpty(job.constraints()));
        all.addAll(Values.orEmpty(group.constraints()));
        for (Task task : group.tasks()) {
            all.addAll(Values.orEmpty(task.constraints()));
        }
        return all;
    }

    /** The first of these that the node does not meet. */
    static Optional<Rule> unmet(List<Rule> rules, Node node) {
        for (Rule rule : rules) {
            if (!rule.isMet(node)) {
                return Optional.of(rule);
            }
        }
        return Optional.empty();
    }

    /** From -1 to 1 by the weights that match; not a number when these make nothing. */
    double affinity(Node node) {
        double sum = 0;
        double weights = 0;
        for (Preference preference : preferences) {
            weights += Math.abs(preference.weight());
            sum += preference.rule().isMet(node) ? preference.weight() : 0;
        }
        return sum == 0 ? Double.NaN : sum / weights;
    }
}
