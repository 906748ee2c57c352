package muster.lb.traefik;

import java.util.List;

/** A rule as read: operators and calls. */
sealed interface RuleNode {
    record And(RuleNode left, RuleNode right) implements RuleNode {}

    record Or(RuleNode left, RuleNode right) implements RuleNode {}

    record Not(RuleNode inner) implements RuleNode {}

    /** {@code Name(`a`, `b`)}. */
    record Call(String name, List<String> arguments) implements RuleNode {}
}
