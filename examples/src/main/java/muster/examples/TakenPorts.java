package muster.examples;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Which of the wanted ports somebody listens on, and who: read from Linux's {@code /proc} (proc(5)), where the tables of
 * sockets name inodes and the processes' open files name the same ones. Where there is no {@code /proc} nothing is found.
 */
final class TakenPorts {
    private static final String LISTENING = "0A";
    /** Of an unconnected UDP socket. */
    private static final String UNCONNECTED = "07";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    private TakenPorts() {}

    /** One line for each wanted port that is taken. */
    static List<String> of(Map<Integer, String> wanted) throws IOException {
        return of(Path.of("/proc"), wanted);
    }

    static List<String> of(Path proc, Map<Integer, String> wanted) throws IOException {
        Map<Integer, String> inodes = new TreeMap<>();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
            Path file = proc.resolve("net").resolve(table);
            if (Files.isReadable(file)) {
                inodes.putAll(sockets(Files.readString(file, StandardCharsets.US_ASCII), table.startsWith("tcp") ? LISTENING : UNCONNECTED));
            }
        }
        inodes.keySet().retainAll(wanted.keySet());
        if (inodes.isEmpty()) {
            return List.of();
        }
        Map<String, String> owners = owners(proc);
        List<String> lines = new ArrayList<>();
        inodes.forEach((port, inode) -> lines.add("port " + port + " (" + wanted.get(port) + ") is taken by "
                + Optional.ofNullable(owners.get(inode)).orElse("another user's process")));
        return lines;
    }

    /** Port to inode of the sockets in one state. Pure. */
    static Map<Integer, String> sockets(String table, String state) {
        Map<Integer, String> sockets = new HashMap<>();
        for (String line : table.lines().skip(1).toList()) {
            String[] words = line.strip().split("\\s+");
            if (words.length > INODE && words[STATE].equals(state)) {
                String address = words[LOCAL];
                sockets.put(Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16), words[INODE]);
            }
        }
        return sockets;
    }

    /** Inode to the name and id of the process that holds it, of all processes that may be looked into. */
    private static Map<String, String> owners(Path proc) throws IOException {
        Map<String, String> owners = new HashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
                    String owner = Files.readString(process.resolve("comm")).strip() + " (pid " + process.getFileName() + ")";
                    for (Path file : files) {
                        String target = Files.readSymbolicLink(file).toString();
                        if (target.startsWith("socket:[")) {
                            owners.put(target.substring("socket:[".length(), target.length() - 1), owner);
                        }
                    }
                } catch (IOException e) {
                    // Another user's, or it ended while we looked: its sockets stay without a name.
                    continue;
                }
            }
        }
        return owners;
    }
}
