package muster.scheduler.driver;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * As whom a task runs. Found in {@code passwd} and {@code group}; accounts that only a directory service knows have to be given
 * by number.
 *
 * @param groups all others that it is a member of
 */
record Account(String name, int uid, int gid, List<Integer> groups) {
    Account {
        groups = List.copyOf(groups);
    }

    boolean isRoot() {
        return uid == 0;
    }

    /** The account that a job names: a name, a number, or {@code uid:gid}. */
    static Account of(String text, Path etc) throws DriverException {
        try {
            if (text.matches("\\d{1,9}(:\\d{1,9})?")) {
                String[] parts = text.split(":");
                int uid = Integer.parseInt(parts[0]);
                String[] known = line(etc.resolve("passwd"), 2, parts[0]);
                int gid = parts.length == 2 ? Integer.parseInt(parts[1]) : known.length > 3 ? Integer.parseInt(known[3]) : uid;
                return new Account(text, uid, gid, List.of());
            }
            String[] known = line(etc.resolve("passwd"), 0, text);
            if (known.length < 4) {
                throw new DriverException("there is no user \"" + text + "\" in " + etc.resolve("passwd")
                        + ": name one of this machine, or give its number", false);
            }
            return new Account(text, Integer.parseInt(known[2]), Integer.parseInt(known[3]), groups(etc.resolve("group"), text));
        } catch (IOException | NumberFormatException e) {
            throw new DriverException("can't look up user \"" + text + "\": " + e, false);
        }
    }

    private static String[] line(Path file, int field, String value) throws IOException {
        for (String line : Files.readAllLines(file)) {
            String[] fields = line.split(":", -1);
            if (fields.length > field && fields[field].equals(value)) {
                return fields;
            }
        }
        return new String[0];
    }

    private static List<Integer> groups(Path file, String user) throws IOException {
        List<Integer> groups = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String[] fields = line.split(":", -1);
            if (fields.length > 3 && List.of(fields[3].split(",")).contains(user)) {
                groups.add(Integer.parseInt(fields[2]));
            }
        }
        return groups;
    }
}
