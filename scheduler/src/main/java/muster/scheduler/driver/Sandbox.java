package muster.scheduler.driver;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Namespaces of a task's own: mounts and, unless it asks for the machine's, processes and messages (ipc). A shell is their first
 * process: it mounts what the {@link ChrootPlan} says, makes the task's folder its root, and from then on does nothing but keep
 * the namespaces, and let ended orphans go. The task and every command beside it join them by nsenter(1), so that its signals
 * work as anywhere (a first process ignores those it has no handler for) and its exit status comes whole. When the keeper dies,
 * the kernel kills all that is in there. Thread-safe.
 */
final class Sandbox {
    /** Joins the groups named in $1 before anything else is started; the rest of the arguments is the program. */
    private static final String JOIN = "for door in $1; do echo $$ > \"$door\" || exit 125; done; shift; exec \"$@\"";

    private static final String KEEPER = """
            set -e
            mount -a -T "$2"
            read -r id rest < /proc/self/stat
            cd "$1"
            pivot_root . dev/.host
            cd /
            umount -l /dev/.host
            trap '' CHLD HUP INT QUIT TERM
            echo "ready $id"
            exec > /dev/null 2>&1
            while read -r nothing; do :; done
            """;

    private static final Map<String, String> PLAIN = Map.of("PATH", "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL", "C");
    private static final Path SHELL = Path.of("/bin/sh");
    private static final int MOST_OUTPUT = 4096;

    private final Posix posix;
    private final ChrootPlan plan;
    private final Terms terms;
    private final Keeper keeper;

    /**
     * How a task is kept apart.
     *
     * @param ownProcesses whether it sees but its own processes
     * @param ownIpc whether it has message queues and shared memory of its own
     */
    record Terms(Account account, Capabilities capabilities, Capabilities added, boolean ownProcesses, boolean ownIpc) {}

    /**
     * The processes that hold the namespaces: the outer one, whose end is the end of all, and the shell inside.
     *
     * @param ticks when the outer one started, so that a reused id is not taken for it
     */
    record Keeper(long outer, long ticks, long inner) {
        String text() {
            return outer + ":" + ticks + ":" + inner;
        }

        /** The keeper that another agent wrote down; empty when it is no more. */
        static Optional<Keeper> find(String text) {
            String[] parts = text.split(":");
            if (parts.length != 3) {
                return Optional.empty();
            }
            Keeper keeper = new Keeper(Long.parseLong(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
            return keeper.ticks() != 0 && RawExecTask.startTicks(keeper.outer()) == keeper.ticks() ? Optional.of(keeper) : Optional.empty();
        }
    }

    private Sandbox(Posix posix, ChrootPlan plan, Terms terms, Keeper keeper) {
        this.posix = posix;
        this.plan = plan;
        this.terms = terms;
        this.keeper = keeper;
    }

    /** Makes the namespaces and everything that is seen in them. */
    static Sandbox open(Posix posix, Supplier<Descriptors> descriptors, TaskLaunch launch, ChrootPlan plan, Terms terms,
            List<Path> doors) throws DriverException {
        try {
            plan.makePlaces(launch);
            Path table = Files.createTempFile("mounts", ".fstab");
            try {
                Files.writeString(table, plan.table(launch));
                return new Sandbox(posix, plan, terms, keeper(posix, descriptors.get(), plan, terms, table, doors));
            } finally {
                Files.deleteIfExists(table);
            }
        } catch (IOException e) {
            throw new DriverException("can't isolate task " + launch.name() + ": " + e.getMessage(), false);
        }
    }

    /** Takes hold of one that another agent opened. */
    static Sandbox reopen(Posix posix, ChrootPlan plan, Terms terms, Keeper keeper) {
        return new Sandbox(posix, plan, terms, keeper);
    }

    private static Keeper keeper(Posix posix, Descriptors descriptors, ChrootPlan plan, Terms terms, Path table, List<Path> doors)
            throws IOException, DriverException {
        List<String> arguments = new ArrayList<>(List.of("sh", "-c", JOIN, "sh", doors(doors), "unshare", "--mount"));
        if (terms.ownProcesses()) {
            arguments.add("--pid");
        }
        if (terms.ownIpc()) {
            arguments.add("--ipc");
        }
        arguments.addAll(List.of("--fork", "--kill-child", SHELL.toString(), "-c", KEEPER, "keeper", plan.root().toString(), table.toString()));
        Descriptors.Pipe said = descriptors.pipe();
        try (Descriptors.Descriptor reading = said.reading()) {
            int outer = spawn(posix, arguments, descriptors.pipe(), said.writing());
            BufferedReader lines = new BufferedReader(new InputStreamReader(reading.in(), StandardCharsets.UTF_8));
            StringBuilder errors = new StringBuilder();
            for (String line = lines.readLine(); line != null && errors.length() < MOST_OUTPUT; line = lines.readLine()) {
                if (line.startsWith("ready ")) {
                    return new Keeper(outer, RawExecTask.startTicks(outer), Long.parseLong(line.substring(6)));
                }
                errors.append(errors.isEmpty() ? "" : "; ").append(line);
            }
            posix.kill(outer, Signal.KILL.number());
            posix.reap(outer);
            throw new IOException(errors.isEmpty() ? "the namespaces' first process ended without a word" : errors.toString());
        }
    }

    /** The keeper opens the pipe it is held by for both directions, so that its reading never ends. Closes what is its own here. */
    private static int spawn(Posix posix, List<String> arguments, Descriptors.Pipe held, Descriptors.Descriptor said) throws DriverException {
        try {
            return posix.spawn(SHELL, arguments, PLAIN, Path.of("/"), Posix.Opened.both(held.reading().path()),
                    Posix.Opened.writing(said.path()), Posix.Opened.writing(said.path()));
        } finally {
            held.reading().close();
            held.writing().close();
            said.close();
        }
    }

    private static String doors(List<Path> doors) {
        return String.join(" ", doors.stream().map(Path::toString).toList());
    }

    /**
     * What to start on the machine so that a command runs in here: as the task's user, with its capabilities and never any more,
     * and with its environment, which nothing that has more rights than the task gets to see.
     */
    List<String> entering(List<String> command, Map<String, String> environment, List<Path> doors) {
        List<String> arguments = new ArrayList<>(List.of("sh", "-c", JOIN, "sh", doors(doors),
                "nsenter", "--target", String.valueOf(keeper.inner()), "--mount"));
        if (terms.ownProcesses()) {
            arguments.add("--pid");
        }
        if (terms.ownIpc()) {
            arguments.add("--ipc");
        }
        Account account = terms.account();
        arguments.addAll(List.of("--", "setpriv", "--reuid", String.valueOf(account.uid()), "--regid", String.valueOf(account.gid())));
        arguments.addAll(account.groups().isEmpty() ? List.of("--clear-groups")
                : List.of("--groups", String.join(",", account.groups().stream().map(String::valueOf).toList())));
        // What was asked for by name works for any user; what is usual only for root, as in the original.
        String kept = terms.added().only();
        arguments.addAll(List.of("--no-new-privs", "--bounding-set=" + terms.capabilities().only(), "--inh-caps=" + kept,
                "--ambient-caps=" + kept, "--", "env", "-i"));
        environment.forEach((name, value) -> arguments.add(name + "=" + value));
        arguments.addAll(command);
        return arguments;
    }

    Path shell() {
        return SHELL;
    }

    Map<String, String> plainEnvironment() {
        return PLAIN;
    }

    ChrootPlan plan() {
        return plan;
    }

    String text() {
        return keeper.text();
    }

    boolean isKeeper(long process) {
        return process == keeper.inner() || process == keeper.outer();
    }

    /** Ends all that is in here; the namespaces go with it. Idempotent. */
    synchronized void close() {
        if (RawExecTask.startTicks(keeper.outer()) == keeper.ticks()) {
            posix.kill((int) keeper.outer(), Signal.KILL.number());
            posix.reap((int) keeper.outer());
        }
    }
}
