# architecture strings in, ranks or columns out
from .ranker import ProxyRanker as ProxyRanker
from .architecture_features import ArchitectureFeatures as ArchitectureFeatures

# a ranker of your own, and the known ones
from .base import Stored as Stored, TabularRanker as TabularRanker
from .parts.fit_context import FitContext as FitContext
from .catalogue import (
    MODELS as MODELS,
    ModelInfo as ModelInfo,
    describe_models as describe_models,
    known_models as known_models,
    make_model as make_model,
    model_class as model_class,
    register_model as register_model,
)

# the estimators
from .estimators.also import AlsoRanker as AlsoRanker
from .estimators.auto import AutoRanker as AutoRanker
from .estimators.committee import CommitteeRanker as CommitteeRanker
from .estimators.ensemble import EnsembleRanker as EnsembleRanker
from .estimators.forest import ForestRanker as ForestRanker
from .estimators.gp import GaussianProcessRanker as GaussianProcessRanker
from .estimators.lightgbm import LightGBMRanker as LightGBMRanker
from .estimators.transfer import TransferRanker as TransferRanker

# what they are fitted to
from .parts.targets import TARGETS as TARGETS, Target as Target, fit_target as fit_target

# folders
from .card import LabelCard as LabelCard, RankerCard as RankerCard, SplitCard as SplitCard
from .storage import load_model as load_model, save_model as save_model
