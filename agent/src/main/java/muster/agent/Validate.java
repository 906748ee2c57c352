package muster.agent;

import java.util.List;
import java.util.stream.Collectors;
import muster.wire.GoFlags;

/** {@code consul validate}: whether files are a configuration that an agent would start with. Returns the exit code. */
final class Validate {
    static final String USAGE = """
            Usage: consul validate [options] FILE_OR_DIRECTORY...

              Reads configuration files and tells whether an agent would start with them. All problems are listed, each with its
              file and line.

              -config-format=<string>  hcl or json; without it the file's name says
              -quiet                   print nothing when all is well
            """;

    private Validate() {}

    static int run(List<String> args) {
        GoFlags flags = new GoFlags().switches("quiet").texts("config-format").lists("config-file", "config-dir");
        try {
            flags.parse(args);
        } catch (GoFlags.HelpWanted e) {
            System.out.println(USAGE);
            return 0;
        } catch (GoFlags.FlagException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            return 1;
        }
        List<String> paths = new java.util.ArrayList<>(flags.all("config-file"));
        paths.addAll(flags.all("config-dir"));
        paths.addAll(flags.rest());
        if (paths.isEmpty()) {
            System.err.println("Must specify at least one config file or directory");
            return 1;
        }
        try {
            AgentArguments.parseFiles(paths, System.getenv(), Machine.found());
        } catch (AgentArguments.Refused e) {
            System.err.println("Config validation failed: " + text(e.problems()));
            return 1;
        }
        if (!flags.on("quiet")) {
            System.out.println("Configuration is valid!");
        }
        return 0;
    }

    /** One problem on its own, several as the original lists them. */
    static String text(List<String> problems) {
        return problems.size() == 1 ? problems.getFirst()
                : problems.size() + " errors occurred:\n" + problems.stream().map(problem -> "\t* " + problem + "\n").collect(Collectors.joining());
    }
}
