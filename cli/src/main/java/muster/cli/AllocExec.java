package muster.cli;

import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import muster.wire.GoFlags;
import muster.wire.Json;

/** {@code alloc exec}: a command beside a task, its input and output here. */
final class AllocExec {
    static final Command COMMAND = new Command("alloc exec", "Execute commands in task", """
            Usage: nomad alloc exec [options] <allocation> <command>

              Runs a command in the environment of a running task and connects it to this terminal, or to
              standard input and output. Its exit code becomes this command's.

            Exec Specific Options:

              -task <task-name>      the task, where the allocation has several
              -job                   the first argument is a job: its newest running allocation
              -group=<name>          with -job: of this group
              -i                     pass on standard input (on; -i=false for not)
              -t                     give it a terminal (on where this is one; -t=false for not)
              -e <escape_char>       at the beginning of a line, and with a dot behind it, ends the session (~);
                                     "none" for no such character""", AllocExec::run);
    private static final long HEARTBEAT_NANOS = 10_000_000_000L;
    private static final int NO_EXIT = 1;

    private AllocExec() {}

    private static int run(Console console, List<String> args) {
        GoFlags flags = NomadApi.flags().switches("job", "i", "t", "verbose").texts("task", "e", "group").parse(args);
        List<String> rest = flags.rest();
        if (rest.isEmpty()) {
            return NomadApi.usage(console, flags.on("job") ? "A job ID is required" : "An allocation ID is required", "alloc exec");
        }
        if (rest.size() < 2) {
            return NomadApi.usage(console, "A command is required", "alloc exec");
        }
        boolean input = flags.on("i", true);
        boolean terminal = flags.on("t", Terminal.isThere());
        if (terminal && !input) {
            return NomadApi.usage(console, "-i must be enabled if running with tty", "alloc exec");
        }
        String escape = flags.text("e", "~");
        if (!escape.equals("none") && escape.length() != 1) {
            return NomadApi.usage(console, "-e requires 'none' or a single character", "alloc exec");
        }
        Api api = NomadApi.api(flags, console);
        Lookups.Found found = flags.on("job")
                ? AllocLogs.ofJob(api, flags, console, rest.getFirst())
                : Lookups.allocation(api, flags, console, rest.getFirst(), "querying allocation");
        if (found.isMissing()) {
            return found.exit();
        }
        try {
            Doc allocation = api.get(NomadApi.target("/v1/allocation/" + found.stub().text("ID"), flags, console));
            String task = AllocLogs.task(console, allocation, flags.text("task"));
            if (task == null) {
                return 1;
            }
            return command(console, api, flags, new Place(allocation.text("ID"), task), rest.subList(1, rest.size()),
                    new Wishes(input, terminal, escape.equals("none") ? -1 : escape.charAt(0)));
        } catch (ApiException | IOException e) {
            return console.fail("failed to exec into task: " + e.getMessage());
        }
    }

    /** Beside which task a command is run. */
    record Place(String allocation, String task) {}

    /**
     * How it is connected.
     *
     * @param terminal whether the command gets a terminal
     * @param escape the character that leads out; negative for none
     */
    record Wishes(boolean input, boolean terminal, int escape) {}

    /** Runs a command until it ends; its exit code. */
    static int command(Console console, Api api, GoFlags flags, Place place, List<String> command, Wishes wishes) throws IOException {
        String target = NomadApi.target("/v1/client/allocation/" + place.allocation() + "/exec", flags, console,
                "task=" + ConsulApi.encode(place.task()), "tty=" + wishes.terminal(), "command=" + ConsulApi.encode(Json.text(command)));
        try (Talk talk = api.talk(target)) {
            return hold(console, talk, new Wishes(wishes.input(), wishes.terminal() && Terminal.isThere(), wishes.escape()));
        }
    }

    private static int hold(Console console, Talk talk, Wishes wishes) throws IOException {
        try (Terminal raw = wishes.terminal() ? Terminal.raw() : null) {
            if (raw != null) {
                raw.follow((rows, columns) -> tell(talk, Map.of("tty_size", Map.of("height", rows, "width", columns))));
            }
            Thread.ofVirtual().name("exec-heartbeat").start(() -> beat(talk));
            if (wishes.input()) {
                Thread.ofPlatform().daemon().name("exec-input").start(() -> type(console, talk, wishes));
            } else {
                tell(talk, Map.of("stdin", Map.of("close", true)));
            }
            return listen(console, talk);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return NO_EXIT;
        }
    }

    private static int listen(Console console, Talk talk) throws IOException {
        while (true) {
            switch (talk.receive()) {
                case Talk.Heard.Message(byte[] bytes) -> {
                    Doc frame = new Doc(Json.parse(bytes));
                    show(frame.at("stdout"), console.out());
                    show(frame.at("stderr"), console.err());
                    if (frame.is("exited")) {
                        return (int) frame.at("result").number("exit_code");
                    }
                }
                case Talk.Heard.End(int status, String reason) ->
                    throw new IOException(reason.isEmpty() ? "the connection ended before the command did (status " + status + ")" : reason);
            }
        }
    }

    private static void show(Doc part, java.io.PrintStream to) throws IOException {
        String data = part.text("data");
        if (!data.isEmpty()) {
            to.writeBytes(Base64.getDecoder().decode(data));
            to.flush();
            if (to.checkError()) {
                throw new IOException("standard output is closed");
            }
        }
    }

    private static void type(Console console, Talk talk, Wishes wishes) {
        EscapeKeys keys = new EscapeKeys(wishes.terminal() ? wishes.escape() : -1);
        byte[] typed = new byte[4 << 10];
        try {
            for (int length = console.in().read(typed); length >= 0; length = console.in().read(typed)) {
                byte[] passed = keys.pass(typed, length);
                if (passed.length > 0) {
                    talk.send(Json.write(Map.of("stdin", Map.of("data", Base64.getEncoder().encodeToString(passed)))));
                }
                if (keys.isEnded()) {
                    talk.close();
                    return;
                }
            }
            tell(talk, Map.of("stdin", Map.of("close", true)));
        } catch (IOException e) {
            // The conversation is over; the other direction says why.
            return;
        }
    }

    private static void beat(Talk talk) {
        while (tell(talk, Map.of())) {
            LockSupport.parkNanos(HEARTBEAT_NANOS);
        }
    }

    /** Whether it could be told. */
    private static boolean tell(Talk talk, Map<String, Object> frame) {
        try {
            talk.send(Json.write(frame));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
