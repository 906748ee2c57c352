package muster.scheduler.job;

import static muster.scheduler.job.Values.orEmpty;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Checks of what chooses nodes: constraints, affinities, spreads. */
final class TargetValidation {
    private TargetValidation() {}

    static void constraints(List<Constraint> constraints, Faults faults) {
        int number = 0;
        for (Constraint constraint : orEmpty(constraints)) {
            number++;
            faults.nest("Constraint " + number, constraint(constraint));
        }
    }

    static Faults constraint(Constraint constraint) {
        Faults faults = new Faults();
        String right = Values.text(constraint.rTarget());
        String left = Values.text(constraint.lTarget());
        switch (constraint.operand()) {
            case "" -> faults.add("Missing constraint operand");
            case "distinct_property" -> count(right, faults);
            case "set_contains", "set_contains_all", "set_contains_any" ->
                faults.addIf(right.isEmpty(), "Set contains constraint requires an RTarget");
            case "is_set", "is_not_set" ->
                faults.addIf(!right.isEmpty(), "Operator \"" + constraint.operand() + "\" does not support an RTarget");
            default -> {
                if (!constraint.operand().equals("distinct_hosts") && !isCompared(constraint.operand(), left, right, "constraint", faults)) {
                    faults.add("Unknown constraint type \"" + constraint.operand() + "\"");
                }
            }
        }
        // Without either target it is what distinct_hosts = false leaves, which asks for nothing.
        boolean nothing = left.isEmpty() && right.isEmpty() && constraint.operand().equals("=");
        faults.addIf(left.isEmpty() && !nothing && !constraint.operand().equals("distinct_hosts"), "No LTarget provided but is required by constraint");
        return faults;
    }

    static void affinities(List<Affinity> affinities, Job job, Faults faults) {
        if (job.type().startsWith("sys")) {
            faults.addIf(!orEmpty(affinities).isEmpty(), "System jobs may not have an affinity stanza");
            return;
        }
        int number = 0;
        for (Affinity affinity : orEmpty(affinities)) {
            faults.nest("Affinity " + ++number, affinity(affinity));
        }
    }

    static Faults affinity(Affinity affinity) {
        Faults faults = new Faults();
        String right = Values.text(affinity.rTarget());
        switch (affinity.operand()) {
            case "" -> faults.add("Missing affinity operand");
            case "set_contains", "set_contains_all", "set_contains_any" ->
                faults.addIf(right.isEmpty(), "Set contains operators require an RTarget");
            default -> {
                if (!isCompared(affinity.operand(), "left", right, "affinity", faults)) {
                    faults.add("Unknown affinity operator \"" + affinity.operand() + "\"");
                }
            }
        }
        faults.addIf(Values.text(affinity.lTarget()).isEmpty(), "No LTarget provided but is required");
        int weight = affinity.weight() == null ? 50 : affinity.weight();
        faults.addIf(weight == 0, "Affinity weight cannot be zero");
        faults.addIf(weight < -100 || weight > 100, "Affinity weight must be within the range [-100,100]");
        return faults;
    }

    static void spreads(List<Spread> spreads, Job job, Faults faults) {
        if (job.type().startsWith("sys")) {
            faults.addIf(!orEmpty(spreads).isEmpty(), "System jobs may not have a spread stanza");
            return;
        }
        int number = 0;
        for (Spread spread : orEmpty(spreads)) {
            number++;
            Faults inner = new Faults();
            inner.addIf(spread.attribute() == null || spread.attribute().isEmpty(), "Missing spread attribute");
            int weight = spread.weight() == null ? 50 : spread.weight();
            inner.addIf(weight <= 0 || weight > 100, "Spread stanza must have a positive weight from 0 to 100");
            targets(orEmpty(spread.spreadTarget()), inner);
            faults.nest("Spread " + number, inner);
        }
    }

    private static void targets(List<SpreadTarget> targets, Faults faults) {
        Set<String> seen = new HashSet<>();
        int sum = 0;
        for (SpreadTarget target : targets) {
            faults.addIf(!seen.add(target.value()), "Spread target value \"" + target.value() + "\" already defined");
            faults.addIf(
                    target.percent() < 0 || target.percent() > 100,
                    "Spread target percentage for value \"" + target.value() + "\" must be between 0 and 100");
            sum += target.percent();
        }
        faults.addIf(sum > 100, "Sum of spread target percentages must not be greater than 100%; got " + sum + "%");
    }

    /** What constraints and affinities have in common; whether the operator is one of these. */
    private static boolean isCompared(String operand, String left, String right, String what, Faults faults) {
        switch (operand) {
            case "regexp" -> {
                try {
                    Pattern.compile(right);
                } catch (PatternSyntaxException e) {
                    faults.add("Regular expression failed to compile: " + e.getMessage());
                }
            }
            case "version", "semver" -> versions(operand, right, what, faults);
            case "=", "==", "is", "!=", "not", "<", "<=", ">", ">=" ->
                faults.addIf(right.isEmpty() && !left.isEmpty(), "Operator \"" + operand + "\" requires an RTarget");
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void count(String right, Faults faults) {
        if (right.isEmpty()) {
            return;
        }
        try {
            long count = Long.parseUnsignedLong(right);
            faults.addIf(count < 1, "Distinct Property must have an allowed count of 1 or greater: " + count + " < 1");
        } catch (NumberFormatException e) {
            faults.add("Failed to convert RTarget \"" + right + "\" to uint64: strconv.ParseUint: parsing \"" + right
                    + "\": invalid syntax");
        }
    }

    private static void versions(String operand, String constraints, String what, Faults faults) {
        for (String part : constraints.split(",", -1)) {
            if (!isVersionConstraint(part.strip())) {
                String name = operand.equals("version") ? "Version" : "Semver";
                faults.add(name + " " + what + " is invalid: Malformed constraint: " + part);
                return;
            }
        }
    }

    /** An optional comparison, then a version that begins with a number: {@code ~> 1.2}, {@code 1.0.0-beta+x}. */
    private static boolean isVersionConstraint(String text) {
        int i = 0;
        while (i < text.length() && "=!<>~".indexOf(text.charAt(i)) >= 0) {
            i++;
        }
        if (i > 0 && !List.of("=", "!=", ">", "<", ">=", "<=", "~>").contains(text.substring(0, i))) {
            return false;
        }
        String version = text.substring(i).strip();
        version = version.startsWith("v") ? version.substring(1) : version;
        return !version.isEmpty()
                && Character.isDigit(version.charAt(0))
                && version.chars().allMatch(c -> Character.isLetterOrDigit(c) || ".-+~".indexOf(c) >= 0);
    }
}
