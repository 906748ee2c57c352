package muster.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The terminal that a command was typed on, by way of stty(1): native calls would need a flag at every start. Used by one thread;
 * {@link #close} may come from the process's end too.
 */
final class Terminal implements AutoCloseable {
    /** Tells the size now and whenever it changes; ends with its parent at the latest a minute later. */
    private static final String SIZES = "trap 'stty size' WINCH; stty size; while kill -0 $PPID 2>/dev/null; do sleep 60 & wait $!; kill $! 2>/dev/null; done";

    interface Sizes {
        void changed(int rows, int columns);
    }

    private final String settings;
    private final Thread restore = new Thread(this::close, "terminal-restore");
    private Process sizes;
    private boolean restored;

    private Terminal(String settings) {
        this.settings = settings;
    }

    /** Whether standard input and output are a terminal. */
    static boolean isThere() {
        java.io.Console console = System.console();
        return console != null && console.isTerminal();
    }

    /** Lines that can be drawn again in the terminal's window as large as it is now; 24 rows of 80 columns where it does not say. */
    static LiveView view() {
        try {
            String[] size = stty("size").strip().split(" ");
            if (size.length == 2 && size[0].matches("[1-9]\\d{0,4}") && size[1].matches("[1-9]\\d{0,4}")) {
                return new LiveView(Integer.parseInt(size[0]), Integer.parseInt(size[1]));
            }
        } catch (IOException e) {
            // A terminal without stty is taken for one of the usual size.
            return new LiveView(24, 80);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new LiveView(24, 80);
    }

    /** Hands every key to the program as it is, until closed. */
    static Terminal raw() throws IOException, InterruptedException {
        Terminal terminal = new Terminal(stty("-g").strip());
        Runtime.getRuntime().addShutdownHook(terminal.restore);
        stty("raw", "-echo");
        return terminal;
    }

    private static String stty(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("stty"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("stty can't change the terminal");
        }
        return said;
    }

    /** Tells the size now and whenever the window changes; on a thread of its own. */
    void follow(Sizes listener) throws IOException {
        sizes = new ProcessBuilder("sh", "-c", SIZES).redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        Thread.ofPlatform().daemon().name("terminal-size").start(() -> {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(sizes.getInputStream(), StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    String[] size = line.strip().split(" ");
                    if (size.length == 2 && size[0].matches("\\d{1,5}") && size[1].matches("\\d{1,5}")) {
                        listener.changed(Integer.parseInt(size[0]), Integer.parseInt(size[1]));
                    }
                }
            } catch (IOException e) {
                // The window keeps the size that was told last.
                return;
            }
        });
    }

    /** Makes the terminal what it was. */
    @Override
    public synchronized void close() {
        if (restored) {
            return;
        }
        restored = true;
        if (sizes != null) {
            sizes.descendants().forEach(ProcessHandle::destroy);
            sizes.destroy();
        }
        try {
            stty(settings);
        } catch (IOException e) {
            System.err.println("The terminal may behave oddly: type `stty sane` (" + e.getMessage() + ")");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
