package muster.scheduler.job;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Values for a job file's variables from outside it, the later source winning: environment, files, flags.
 *
 * @param environment names with the leading {@code NOMAD_VAR_} taken away
 * @param files variable files in the order given
 * @param flags {@code -var name=value}, in the order given
 * @param undeclared what is done with values of variables that the job file does not declare
 */
public record JobVariables(Map<String, String> environment, List<VariableFile> files, List<String> flags, Undeclared undeclared) {
    /** A variable file in HCL or JSON, or why it can't be read. */
    public record VariableFile(String name, String text, String failure) {}

    /** The last two are what {@code -hcl2-strict} asks for; the first is what version 1.1.2 does, which does not know the flag. */
    public enum Undeclared {
        REFUSED_IN_FLAGS,
        REFUSED,
        PASSED_OVER
    }

    public JobVariables {
        environment = Map.copyOf(environment);
        files = List.copyOf(files);
        flags = List.copyOf(flags);
    }

    /** As version 1.1.2 takes them. */
    public JobVariables(Map<String, String> environment, List<VariableFile> files, List<String> flags) {
        this(environment, files, flags, Undeclared.REFUSED_IN_FLAGS);
    }

    /** None. */
    public static JobVariables none() {
        return new JobVariables(Map.of(), List.of(), List.of());
    }

    /** The variables in an environment. */
    public static Map<String, String> fromEnvironment(Map<String, String> environment) {
        String prefix = "NOMAD_VAR_";
        Map<String, String> variables = new LinkedHashMap<>();
        environment.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                variables.put(name.substring(prefix.length()), value);
            }
        });
        return variables;
    }
}
