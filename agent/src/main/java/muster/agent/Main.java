package muster.agent;

import java.util.Arrays;
import java.util.List;
import muster.wire.GoFlags;

/**
 * {@code Main TOOL ARGS...}: the programs that stay: agent, balancers, template agent. {@code Main --train [server]} is the run of which
 * the launcher makes an ahead-of-time cache.
 */
public final class Main {
    private Main() {}

    public static void main(String[] args) throws InterruptedException {
        if (args.length > 0 && args[0].equals("--train")) {
            System.exit(Training.run(args.length > 1 && args[1].equals("server") ? Training.Kind.SERVER : Training.Kind.AGENT));
        }
        String tool = args.length > 0 ? args[0] : "muster";
        List<String> line = args.length > 1 ? Arrays.asList(args).subList(1, args.length) : List.of();
        try {
            System.exit(Programs.run(tool, line));
        } catch (RuntimeException | Error e) {
            // A defect, or libraries that were replaced while it ran: say all of it, and end, since the other threads would keep
            // a process alive that no signal ends.
            e.printStackTrace();
            System.exit(1);
        }
    }

    /** {@code agent}: runs until a signal comes or the API asks it to leave. */
    static int agent(String tool, List<String> args) throws InterruptedException {
        AgentOptions options;
        try {
            options = AgentArguments.parse(tool, args, System.getenv(), Machine.found());
        } catch (GoFlags.HelpWanted e) {
            System.out.println(AgentHelp.text(tool));
            return 0;
        } catch (GoFlags.FlagException e) {
            System.err.println(e.getMessage());
            System.err.println(AgentHelp.text(tool));
            return 1;
        } catch (AgentArguments.Refused e) {
            e.problems().forEach(problem -> System.err.println("==> " + problem));
            return 1;
        }
        return new AgentProcess(options, () -> AgentArguments.parse(tool, args, System.getenv(), Machine.found())).run();
    }
}
