package muster.template.render;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.nio.file.attribute.UserPrincipalNotFoundException;

/**
 * Whose a file is.
 *
 * @param user number as text, "" for any
 * @param group number as text, "" for any
 */
record Owner(String user, String group) {
    /** By names or numbers; "" leaves it. Throws with the name for one that does not exist. */
    static Owner of(String user, String group) throws IOException {
        return new Owner(user.matches("-?\\d*") ? user.replaceFirst("^-.*", "") : lookup(user, false),
                group.matches("-?\\d*") ? group.replaceFirst("^-.*", "") : lookup(group, true));
    }

    /** The number of a name is what a file says that belongs to it, so it is read where the accounts are kept. */
    private static String lookup(String name, boolean group) throws IOException {
        Path accounts = Path.of(group ? "/etc/group" : "/etc/passwd");
        if (Files.isReadable(accounts)) {
            for (String line : Files.readAllLines(accounts)) {
                String[] fields = line.split(":");
                if (fields.length > 2 && fields[0].equals(name)) {
                    return fields[2];
                }
            }
        }
        UserPrincipalLookupService service = FileSystems.getDefault().getUserPrincipalLookupService();
        try {
            return group ? service.lookupPrincipalByGroupName(name).getName() : service.lookupPrincipalByName(name).getName();
        } catch (UserPrincipalNotFoundException e) {
            throw new IOException((group ? "group: unknown group " : "user: unknown user ") + name, e);
        }
    }

    /** A file's. */
    static Owner of(Path file) throws IOException {
        return new Owner(Files.getAttribute(file, "unix:uid", LinkOption.NOFOLLOW_LINKS).toString(),
                Files.getAttribute(file, "unix:gid", LinkOption.NOFOLLOW_LINKS).toString());
    }

    /** Only what the other leaves open. */
    Owner whereUnset(Owner other) {
        return new Owner(other.user().isEmpty() ? user : "", other.group().isEmpty() ? group : "");
    }

    boolean owns(Path file) throws IOException {
        if (user.isEmpty() && group.isEmpty()) {
            return true;
        }
        Owner actual = of(file);
        return (user.isEmpty() || user.equals(actual.user())) && (group.isEmpty() || group.equals(actual.group()));
    }

    /** Gives the file to it; throws if that is not allowed. */
    void give(Path file) throws IOException {
        if (owns(file)) {
            return;
        }
        PosixFileAttributeView view = Files.getFileAttributeView(file, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        UserPrincipalLookupService service = FileSystems.getDefault().getUserPrincipalLookupService();
        if (!user.isEmpty()) {
            view.setOwner(service.lookupPrincipalByName(user));
        }
        if (!group.isEmpty()) {
            view.setGroup(service.lookupPrincipalByGroupName(group));
        }
    }

    /** The old file's owner is kept where this process may do so. */
    void giveIfAllowed(Path file) throws IOException {
        try {
            give(file);
        } catch (java.nio.file.FileSystemException e) {
            // Not root: the file is this process's, as any file it writes.
            return;
        }
    }
}
