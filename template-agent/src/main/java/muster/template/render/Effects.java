package muster.template.render;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import muster.template.function.Effect;
import muster.template.language.GoText;

/** Does what templates want done besides their output. */
public final class Effects {
    private Effects() {}

    /**
     * In order; of several writes to one file that do not append, the last decides.
     *
     * @param base where relative paths start
     */
    public static void perform(List<Effect> effects, Path base, PrintStream out) throws IOException {
        Map<String, Integer> last = new HashMap<>();
        for (int i = 0; i < effects.size(); i++) {
            if (effects.get(i) instanceof Effect.Write write && !write.append()) {
                last.put(write.path(), i);
            }
        }
        for (int i = 0; i < effects.size(); i++) {
            switch (effects.get(i)) {
                case Effect.Print print -> {
                    out.print(print.text());
                    out.flush();
                }
                case Effect.Write write -> {
                    if (i >= last.getOrDefault(write.path(), 0)) {
                        write(write, base.resolve(write.path()));
                    }
                }
            }
        }
    }

    private static void write(Effect.Write write, Path file) throws IOException {
        Optional<Set<PosixFilePermission>> permissions = Optional.of(permissions(write.permissions()));
        if (!write.append()) {
            AtomicFile.write(file, GoText.bytes(write.text()), new Output(permissions, write.user(), write.group(), true, false),
                    Output.Check.NONE);
            return;
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, GoText.bytes(write.text()), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        Files.setPosixFilePermissions(file, permissions.get());
        Owner.of(write.user(), write.group()).give(file);
    }

    private static Set<PosixFilePermission> permissions(int bits) {
        PosixFilePermission[] all = PosixFilePermission.values();
        Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
        for (int i = 0; i < all.length; i++) {
            if ((bits & 0400 >> i) != 0) {
                permissions.add(all[i]);
            }
        }
        return permissions;
    }
}
