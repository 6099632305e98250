"""One trial: writes its number, in Hydra's own process, as Hydra runs a function; with shell=true by a shell, as ours does."""
import subprocess
from pathlib import Path

import hydra
from hydra.core.hydra_config import HydraConfig


@hydra.main(version_base=None, config_path=".", config_name="hydra_app")
def trial(config):
    out = Path(HydraConfig.get().runtime.output_dir) / "out.txt"
    if config.shell:
        subprocess.run(f"echo {config.index} > {out}", shell=True, check=True)
    else:
        out.write_text(f"{config.index}\n")


if __name__ == "__main__":
    trial()
