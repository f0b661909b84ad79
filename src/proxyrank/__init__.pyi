__version__: str

# rank architectures: from a few labels, or as columns for a pipeline of your own
from .models import ArchitectureFeatures as ArchitectureFeatures, ProxyRanker as ProxyRanker

# labels, those of the shipped benchmark, and what scores are worth by them
from .evaluate import evaluate_scores as evaluate_scores, load_labels as load_labels
from .train.compare import compare as compare
from .train.digits import digits_table as digits_table

# features: of architectures of a space, from a table of yours, of any one network
from .features import compute_features as compute_features, load_table as load_table
from .features.network.score import score_network as score_network
from .features.spectrum.describe import vkdnw_features as vkdnw_features

# what to train next
from .search.suggest import suggest_next as suggest_next

# search spaces
from .spaces import get_space as get_space, register_space as register_space

# extensions: a ranker and a group of features of your own
from .features import register_group as register_group
from .models import TabularRanker as TabularRanker, register_model as register_model

# bad input, whatever it is
from .common.errors import ProxyrankError as ProxyrankError
