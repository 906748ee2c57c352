package muster.raft;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A process that writes until it is killed: {@code WritingProgram FOLDER NAME PROPOSERS}. It prints "started INDEX", then for
 * each answered command "answered INDEX COMMAND ." (the full stop shows that the line is whole).
 */
final class WritingProgram {
    private WritingProgram() {}

    static final LogSizes SIZES = new LogSizes(60_000, 20_000, 50);

    public static void main(String[] arguments) throws InterruptedException {
        RatisLogGroup group = new RatisLogGroup(Path.of(arguments[0]), "here", SIZES);
        ReplicatedLog<String, String> log = group.attach("a", Texts.CODEC, new Texts.Recorder());
        group.start();
        System.out.println("started " + group.appliedIndex() + " .");
        List<Thread> proposers = new ArrayList<>();
        for (int t = 0; t < Integer.parseInt(arguments[2]); t++) {
            String name = arguments[1] + "-" + t + "-";
            proposers.add(Thread.ofVirtual().start(() -> {
                for (int i = 0; i < 1_000_000; i++) {
                    String command = name + i;
                    System.out.println("answered " + log.propose(command).join().index() + " " + command + " .");
                }
            }));
        }
        for (Thread proposer : proposers) {
            proposer.join();
        }
    }
}
