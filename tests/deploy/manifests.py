"""Checks the Kubernetes examples: manifests.py PROGRAM FILE ... Prints what is wrong with them, one line each."""

import os
import subprocess
import sys

import yaml


def pod_of(document):
    spec = document["spec"]
    if document["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    return spec["template"]["spec"]


def run(program, arguments, variables):
    path = {"PATH": os.environ["PATH"]}
    return subprocess.run([program, *arguments], env=path | variables, capture_output=True, text=True, check=False)


def accepted(program, relay, variables):
    """The program itself says whether it knows the command, its options and the environment."""
    command, *options = relay["args"]
    for arguments in (["help", command], [command, "--help"], ["print-config", *options]):
        outcome = run(program, arguments, variables)
        if outcome.returncode != 0:
            yield f"{' '.join(arguments)}: {outcome.stderr.strip()}"


def probed(relay, variables):
    paths = {probe: relay[probe]["httpGet"]["path"] for probe in ("livenessProbe", "readinessProbe") if probe in relay}
    if relay.get("restartPolicy") == "Always" and paths != {"livenessProbe": "/livez", "readinessProbe": "/readyz"}:
        yield f"the side-car's probes ask {paths}"
    if paths and not variables.get("OUTBOX_RELAY_HTTP_LISTEN", "").startswith("0.0.0.0:"):
        yield "probes come from outside, but http.listen is not 0.0.0.0"
    if paths and relay["ports"][0]["containerPort"] != int(variables["OUTBOX_RELAY_HTTP_LISTEN"].rpartition(":")[2]):
        yield "the port is not the one of http.listen"


def patient(relay):
    """A node that is short of processor time answers late; Kubernetes' own limit is a second."""
    for name in ("livenessProbe", "readinessProbe"):
        probe = relay.get(name)
        if probe and not 5 <= probe.get("timeoutSeconds", 1) <= probe["periodSeconds"]:
            yield f"the {name} does not wait for five seconds, or longer than until the next one"
    if "livenessProbe" in relay and relay["livenessProbe"].get("failureThreshold", 0) < 3:
        yield "few late answers restart the relay"


def unprivileged(pod, relay):
    context = relay["securityContext"]
    if not (pod["securityContext"]["runAsNonRoot"] and context["readOnlyRootFilesystem"]):
        yield "runs as root, or may write to its image"
    if context["allowPrivilegeEscalation"] or context["capabilities"]["drop"] != ["ALL"]:
        yield "has privileges"


def alone(document):
    """Another job would only wait for the lease of the first, and fail."""
    if document["kind"] == "CronJob" and document["spec"]["concurrencyPolicy"] != "Forbid":
        yield "two jobs can run at once"


def problems(program, document):
    pod = pod_of(document)
    relays = [c for c in pod.get("initContainers", []) + pod["containers"] if c["name"] == "outbox-relay"]
    if len(relays) != 1:
        yield f"{len(relays)} relays"
    for relay in relays:
        variables = {entry["name"]: entry["value"] for entry in relay["env"]}
        yield from accepted(program, relay, variables)
        yield from probed(relay, variables)
        yield from patient(relay)
        yield from unprivileged(pod, relay)
        yield from alone(document)


def main():
    program, *files = sys.argv[1:]
    for file in files:
        with open(file, encoding="utf-8") as text:
            for document in yaml.safe_load_all(text):
                for problem in problems(program, document):
                    print(f"{file}: {problem}")


main()
