# running one
from .plan import StudyPlan as StudyPlan
from .run import run_study as run_study, tune as tune
from .objective import METRICS as METRICS, StudyData as StudyData
from .parameters import Choice as Choice, parameter_space as parameter_space
from .columns import kept_columns as kept_columns
from .database import StudyStorage as StudyStorage

# what it found
from .results import (
    StudyResult as StudyResult,
    read_result as read_result,
    summarise as summarise,
    write_result as write_result,
)
from .report import (
    StudyReport as StudyReport,
    study_in_folder as study_in_folder,
)
from .plots import plot_study as plot_study

# fitting by it
from .adopt import adopt_study as adopt_study, study_remark as study_remark
