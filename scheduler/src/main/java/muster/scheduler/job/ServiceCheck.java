package muster.scheduler.job;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import muster.wire.Key;

/** A health check of a service. {@code id} exists in job files only. */
public record ServiceCheck(
        String addressMode,
        List<String> args,
        String body,
        CheckRestart checkRestart,
        String command,
        boolean expose,
        int failuresBeforeCritical,
        @Key("GRPCService") String grpcService,
        @Key("GRPCUseTLS") boolean grpcUseTLS,
        Map<String, List<String>> header,
        String id,
        String initialStatus,
        Duration interval,
        String method,
        String name,
        String onUpdate,
        String path,
        String portLabel,
        String protocol,
        int successBeforePassing,
        @Key("TLSSkipVerify") boolean tlsSkipVerify,
        String taskName,
        Duration timeout,
        String type) {
    public ServiceCheck {
        addressMode = Values.text(addressMode);
        args = Values.list(args);
        body = Values.text(body);
        command = Values.text(command);
        grpcService = Values.text(grpcService);
        header = Values.map(header);
        id = Values.text(id);
        initialStatus = Values.text(initialStatus);
        interval = Values.duration(interval);
        method = Values.text(method);
        name = Values.text(name);
        onUpdate = Values.text(onUpdate);
        path = Values.text(path);
        portLabel = Values.text(portLabel);
        protocol = Values.text(protocol);
        taskName = Values.text(taskName);
        timeout = Values.duration(timeout);
        type = Values.text(type);
    }

    /** A copy with another Name. */
    public ServiceCheck withName(String name) {
        return new ServiceCheck(addressMode, args, body, checkRestart, command, expose, failuresBeforeCritical,
                grpcService, grpcUseTLS, header, id, initialStatus, interval, method, name, onUpdate, path, portLabel,
                protocol, successBeforePassing, tlsSkipVerify, taskName, timeout, type);
    }
}
