package muster.scheduler.job;

import java.time.Duration;
import java.util.Map;

/** What differs from the standard sidecar task. */
public record SidecarTask(
        Map<String, Object> config,
        String driver,
        Map<String, String> env,
        String killSignal,
        Duration killTimeout,
        LogConfig logConfig,
        Map<String, String> meta,
        String name,
        Resources resources,
        Duration shutdownDelay,
        String user) {
    public SidecarTask {
        config = Values.map(config);
        driver = Values.text(driver);
        env = Values.map(env);
        killSignal = Values.text(killSignal);
        meta = Values.map(meta);
        name = Values.text(name);
        user = Values.text(user);
    }
}
