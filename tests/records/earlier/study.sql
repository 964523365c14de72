BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE archsearch_claims (
	study_id INTEGER NOT NULL, 
	slot INTEGER NOT NULL, 
	seed INTEGER NOT NULL, 
	position INTEGER NOT NULL, 
	state VARCHAR(16) NOT NULL, 
	attempt VARCHAR(32), 
	tries INTEGER NOT NULL, 
	deaths INTEGER NOT NULL, 
	host VARCHAR(255), 
	pid INTEGER, 
	started VARCHAR(255), 
	parent INTEGER, 
	parent_started VARCHAR(255), 
	worker INTEGER, 
	heartbeat FLOAT, 
	seconds FLOAT, 
	record TEXT, 
	published BOOLEAN NOT NULL, 
	PRIMARY KEY (study_id, slot, seed)
);
INSERT INTO "archsearch_claims" VALUES(1,-1,0,-1,'complete','2c7577a34f624e9a89c966debb201d11',1,0,'vm pid:[4026531836]',24574,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2097378',24560,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2096861',0,1.79591328277995300292e+09,0.0,'',0);
INSERT INTO "archsearch_claims" VALUES(1,0,0,0,'complete','2da208790caf4923b18b247ac72a947f',1,0,'vm pid:[4026531836]',24574,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2097378',24560,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2096861',0,1.79591328279372882846e+09,1.59531282199895940721e+00,'{"seed":0,"state":"complete","reason":"","result":{"task":"inpaint","seed":0,"splits":{"train":48,"val":6,"test":6},"epochs":1,"history":[{"epoch":1,"lr":0.01,"train_loss":0.19288451969623566,"train_mse":0.19288453459739685,"val_mse":0.30245980901091685,"seconds":0.07933025800230098}],"train_mse":0.19288453459739685,"val":{"mse":0.30245980901091685,"psnr":5.193323264145713,"ssim":null,"color":null},"test":{"mse":0.1635118523869697,"psnr":7.8645076141534895,"ssim":null,"color":null},"baselines":{"channel_mean_val":0.09043670642400901,"channel_mean_test":0.06743555205501853,"pca_val":null,"pca_test":null,"pca_bottleneck_val":null,"pca_bottleneck_test":null,"patch_pca_val":null,"patch_pca_test":null,"untouched_val":0.04213247521086807,"untouched_test":0.027678845543832917,"linear_val":0.022111476560858205,"linear_test":0.008346822745088677,"gray_copy_val":null,"gray_copy_test":null,"mean_chroma_val":null,"mean_chroma_test":null,"gray_copy_color":null,"mean_chroma_color":null},"collapsed":true,"variance_share":0.001907717411472513,"images_per_s":714.387280600815,"seconds":0.19114079900464276,"data_fingerprint":"5cd858eee2fadc0a","environment":{"versions":{"python":"3.11.7","archsearch":"0.1.0","torch":"2.14.1","torchvision":"0.29.1","numpy":"2.4.6","optuna":"5.0.0","pydantic":"2.14.4","safetensors":"0.8.0"},"machine":"Intel(R) Xeon(R) Processor, Linux x86_64","device":"cpu","threads":2},"codes":{"pictures":6,"units":96,"active":42,"rank":5,"mse":0.30245980901091685,"mse_8bit":0.30217895171166936,"mse_4bit":0.3022019057959715},"classes":[],"chroma":null,"fed_mean":[],"fed_std":[]},"pictures":"c073d7bd-5bca-492d-a7e6-de38dc4f577a","pictures_sha256":"98c9d4d500fed0f1dc80051862bcfb2c0f1743bb5b89cc062856f4555e0c0ed2","ended":1795913284.6384692}',1);
INSERT INTO "archsearch_claims" VALUES(1,0,1,1,'complete','14b2b97c458546acb6ee86ce88e35d96',1,0,'vm pid:[4026531836]',24574,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2097378',24560,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2096861',0,1.79591328467597436909e+09,1.45327424001152394339e-01,'{"seed":1,"state":"complete","reason":"","result":{"task":"inpaint","seed":1,"splits":{"train":48,"val":6,"test":6},"epochs":1,"history":[{"epoch":1,"lr":0.01,"train_loss":0.17153996229171753,"train_mse":0.17153996229171753,"val_mse":0.17133588156972263,"seconds":0.0966373779992864}],"train_mse":0.17153996229171753,"val":{"mse":0.17133588156972263,"psnr":7.6615167652143334,"ssim":null,"color":null},"test":{"mse":0.08744083030614604,"psnr":10.582857271372024,"ssim":null,"color":null},"baselines":{"channel_mean_val":0.09043670642400901,"channel_mean_test":0.06743555205501853,"pca_val":null,"pca_test":null,"pca_bottleneck_val":null,"pca_bottleneck_test":null,"patch_pca_val":null,"patch_pca_test":null,"untouched_val":0.04213247521086807,"untouched_test":0.027678845543832917,"linear_val":0.022111476560858205,"linear_test":0.008346822745088677,"gray_copy_val":null,"gray_copy_test":null,"mean_chroma_val":null,"mean_chroma_test":null,"gray_copy_color":null,"mean_chroma_color":null},"collapsed":false,"variance_share":0.08441678324943977,"images_per_s":548.2377553989418,"seconds":0.12044062499626307,"data_fingerprint":"5cd858eee2fadc0a","environment":{"versions":{"python":"3.11.7","archsearch":"0.1.0","torch":"2.14.1","torchvision":"0.29.1","numpy":"2.4.6","optuna":"5.0.0","pydantic":"2.14.4","safetensors":"0.8.0"},"machine":"Intel(R) Xeon(R) Processor, Linux x86_64","device":"cpu","threads":2},"codes":{"pictures":6,"units":96,"active":92,"rank":5,"mse":0.17133588156972263,"mse_8bit":0.17277518823906832,"mse_4bit":0.1727151831077464},"classes":[],"chroma":null,"fed_mean":[],"fed_std":[]},"pictures":"3554f0d8-ee1b-46d7-bd28-7408abb85f28","pictures_sha256":"cdb97b297e840a92c74fbbc55611f84bee159af200ba573b517d08cf0544b923","ended":1795913284.8338213}',1);
INSERT INTO "archsearch_claims" VALUES(1,1,0,2,'complete','78693d65f63e49e5bf387e451c33b294',1,0,'vm pid:[4026531836]',24574,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2097378',24560,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2096861',0,1.79591328488276028635e+09,8.33736500026134308427e-02,'{"seed":0,"state":"complete","reason":"","result":{"task":"inpaint","seed":0,"splits":{"train":48,"val":6,"test":6},"epochs":1,"history":[{"epoch":1,"lr":0.01,"train_loss":0.21009434759616852,"train_mse":0.21009434759616852,"val_mse":0.317488519820729,"seconds":0.018216347001725808}],"train_mse":0.21009434759616852,"val":{"mse":0.317488519820729,"psnr":4.982719738953088,"ssim":null,"color":null},"test":{"mse":0.16283834044697626,"psnr":7.882433323451638,"ssim":null,"color":null},"baselines":{"channel_mean_val":0.09043670642400901,"channel_mean_test":0.06743555205501853,"pca_val":null,"pca_test":null,"pca_bottleneck_val":null,"pca_bottleneck_test":null,"patch_pca_val":null,"patch_pca_test":null,"untouched_val":0.04213247521086807,"untouched_test":0.027678845543832917,"linear_val":0.022111476560858205,"linear_test":0.008346822745088677,"gray_copy_val":null,"gray_copy_test":null,"mean_chroma_val":null,"mean_chroma_test":null,"gray_copy_color":null,"mean_chroma_color":null},"collapsed":true,"variance_share":0.008604764227555997,"images_per_s":3885.22054818295,"seconds":0.05692912499944214,"data_fingerprint":"5cd858eee2fadc0a","environment":{"versions":{"python":"3.11.7","archsearch":"0.1.0","torch":"2.14.1","torchvision":"0.29.1","numpy":"2.4.6","optuna":"5.0.0","pydantic":"2.14.4","safetensors":"0.8.0"},"machine":"Intel(R) Xeon(R) Processor, Linux x86_64","device":"cpu","threads":2},"codes":{"pictures":6,"units":144,"active":77,"rank":5,"mse":0.317488519820729,"mse_8bit":0.3186073125848796,"mse_4bit":0.3186655855307158},"classes":[],"chroma":null,"fed_mean":[],"fed_std":[]},"pictures":"5f9aafd6-a668-4c65-97ea-50e6080e9e25","pictures_sha256":"0558f807681b3baae0cd48bb091bad14581ecf11d735fc1397a6904e6915ca30","ended":1795913285.0411327}',1);
INSERT INTO "archsearch_claims" VALUES(1,1,1,3,'complete','63dafa57de1446559362eb57c8fb95bc',1,0,'vm pid:[4026531836]',24574,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2097378',24560,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2096861',0,1.79591328507284450537e+09,1.29397097000037319958e-01,'{"seed":1,"state":"complete","reason":"","result":{"task":"inpaint","seed":1,"splits":{"train":48,"val":6,"test":6},"epochs":1,"history":[{"epoch":1,"lr":0.01,"train_loss":0.14933094382286072,"train_mse":0.1493309587240219,"val_mse":0.13443141076946577,"seconds":0.08551208300195867}],"train_mse":0.1493309587240219,"val":{"mse":0.13443141076946577,"psnr":8.714992437076996,"ssim":null,"color":null},"test":{"mse":0.08722749353408592,"psnr":10.59346606716593,"ssim":null,"color":null},"baselines":{"channel_mean_val":0.09043670642400901,"channel_mean_test":0.06743555205501853,"pca_val":null,"pca_test":null,"pca_bottleneck_val":null,"pca_bottleneck_test":null,"patch_pca_val":null,"patch_pca_test":null,"untouched_val":0.04213247521086807,"untouched_test":0.027678845543832917,"linear_val":0.022111476560858205,"linear_test":0.008346822745088677,"gray_copy_val":null,"gray_copy_test":null,"mean_chroma_val":null,"mean_chroma_test":null,"gray_copy_color":null,"mean_chroma_color":null},"collapsed":false,"variance_share":0.21550744116194998,"images_per_s":579.3027090154001,"seconds":0.10573945700525655,"data_fingerprint":"5cd858eee2fadc0a","environment":{"versions":{"python":"3.11.7","archsearch":"0.1.0","torch":"2.14.1","torchvision":"0.29.1","numpy":"2.4.6","optuna":"5.0.0","pydantic":"2.14.4","safetensors":"0.8.0"},"machine":"Intel(R) Xeon(R) Processor, Linux x86_64","device":"cpu","threads":2},"codes":{"pictures":6,"units":144,"active":85,"rank":5,"mse":0.13443141076946577,"mse_8bit":0.13544584315843425,"mse_4bit":0.1354155934989189},"classes":[],"chroma":null,"fed_mean":[],"fed_std":[]},"pictures":"037b91fa-4ccc-4863-bdd8-43bfe52c37b4","pictures_sha256":"d96ffd767344dac119595c272eb75550366c59af0e20c9933a2facd87da14581","ended":1795913285.2154896}',1);
INSERT INTO "archsearch_claims" VALUES(1,2,0,4,'duplicate','8d5365c56aef4437832f28bb02bc2f98',1,0,'vm pid:[4026531836]',24574,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2097378',24560,'d57144a5-b7ae-42b7-a3c2-ae1195f97218:2096861',0,1.79591328525836920739e+09,NULL,NULL,1);
INSERT INTO "archsearch_claims" VALUES(1,2,1,5,'duplicate',NULL,0,0,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,NULL,1);
CREATE TABLE archsearch_slots (
	study_id INTEGER NOT NULL, 
	slot INTEGER NOT NULL, 
	candidate TEXT, 
	"key" VARCHAR(64), 
	trial_id INTEGER, 
	duplicate_of INTEGER, 
	proposals INTEGER NOT NULL, 
	closed BOOLEAN NOT NULL, 
	PRIMARY KEY (study_id, slot)
);
INSERT INTO "archsearch_slots" VALUES(1,0,'{"width":6}','8f653aacfb337649',1,NULL,0,1);
INSERT INTO "archsearch_slots" VALUES(1,1,'{"width":9}','b862a509e134c749',2,NULL,0,1);
INSERT INTO "archsearch_slots" VALUES(1,2,'{"width":6}','8f653aacfb337649',3,0,0,1);
CREATE TABLE archsearch_studies (
	study_id INTEGER NOT NULL, 
	slots INTEGER NOT NULL, 
	seeds INTEGER NOT NULL, 
	space_hash VARCHAR(64) NOT NULL, 
	settings TEXT NOT NULL, 
	note TEXT NOT NULL, 
	seconds FLOAT NOT NULL, 
	ticked FLOAT NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "archsearch_studies" VALUES(1,3,2,'a6f7d4dcc1b481e0','{"name": "stored", "data": {"source": "photos", "limit": 60, "split": "80/10/10", "seed": 0, "standardize": false}, "task": {"inpaint": {"size": 3}}, "train": {"epochs": 1, "batch_size": 64, "optimizer": "adam", "lr": 0.01, "schedule": "onecycle", "weight_decay": 0.0, "loss": "mse", "precision": "float32"}, "space": {"width": {"when": null, "low": 2, "high": 9, "step": 1, "log": false}}, "constraints": ["latent.size <= 512"], "search": {"method": "tpe", "over": null, "trials": 3, "seeds": 2, "seed": 0}, "objectives": ["val.mse", "params"], "prune": "none", "model": "name: tiny\ninput: {channels: auto, height: 8, width: 8}\nparams: {width: 4}\nencoder:\n- conv: {channels: $width, stride: 2, activation: relu}\ndecoder: {mirror: encoder, up: upsample}\n"}','',7.07880568504333496093e+00,1.79591328666455912589e+09);
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'stored');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MINIMIZE',1,0);
INSERT INTO "study_directions" VALUES(2,'MINIMIZE',1,1);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_user_attributes" VALUES(1,1,'archsearch:probe','"probe-caccf70500b6450292696576ca6d04f7"');
INSERT INTO "study_user_attributes" VALUES(2,1,'archsearch:curves','"{\"pca\":[],\"patch_pca\":[],\"channel_mean\":[0.09043670642400901,0.06743555205501853]}"');
INSERT INTO "study_user_attributes" VALUES(3,1,'archsearch:baselines','"{\"4x4x4\":{\"channel_mean_val\":0.09043670642400901,\"channel_mean_test\":0.06743555205501853,\"pca_val\":null,\"pca_test\":null,\"pca_bottleneck_val\":null,\"pca_bottleneck_test\":null,\"patch_pca_val\":null,\"patch_pca_test\":null,\"untouched_val\":0.04213247521086807,\"untouched_test\":0.027678845543832917,\"linear_val\":0.022111476560858448,\"linear_test\":0.008346822745088692,\"gray_copy_val\":null,\"gray_copy_test\":null,\"mean_chroma_val\":null,\"mean_chroma_test\":null,\"gray_copy_color\":null,\"mean_chroma_color\":null}}"');
INSERT INTO "study_user_attributes" VALUES(4,1,'archsearch:base','"/tmp/old"');
INSERT INTO "study_user_attributes" VALUES(5,1,'archsearch:sampler','{"optuna": "5.0.0", "method": "tpe", "n_startup_trials": 10, "n_ei_candidates": 24, "multivariate": true, "group": false, "constant_liar": true}');
INSERT INTO "study_user_attributes" VALUES(6,1,'archsearch:pruner','{}');
INSERT INTO "study_user_attributes" VALUES(7,1,'archsearch','"{\"version\":1,\"settings\":{\"name\":\"stored\",\"description\":\"\",\"model\":\"/tmp/old/tiny.yaml\",\"data\":{\"source\":\"photos\",\"limit\":60,\"split\":\"80/10/10\",\"seed\":0,\"standardize\":false},\"task\":{\"inpaint\":{\"size\":3}},\"train\":{\"epochs\":1,\"batch_size\":64,\"optimizer\":\"adam\",\"lr\":0.01,\"schedule\":\"onecycle\",\"weight_decay\":0.0,\"loss\":\"mse\",\"precision\":\"float32\"},\"space\":{\"width\":{\"when\":null,\"low\":2,\"high\":9,\"step\":1,\"log\":false}},\"constraints\":[\"latent.size <= 512\"],\"search\":{\"method\":\"tpe\",\"over\":null,\"trials\":3,\"seeds\":2,\"seed\":0},\"objectives\":[\"val.mse\",\"params\"],\"prune\":\"none\",\"budget\":{\"minutes\":null}},\"designed\":false,\"space_hash\":\"a6f7d4dcc1b481e0\",\"slots\":3,\"command\":\"archsearch study run study.yaml --storage sqlite:///study.db --workers 1\",\"artifacts\":\"/tmp/old/artifacts\",\"source_note\":\"patches of 7 photographs at 5 scales, overlapping within a region; splits share no region\",\"data_fingerprint\":\"5cd858eee2fadc0a\"}"');
INSERT INTO "study_user_attributes" VALUES(8,1,'archsearch:seconds','7.078805685043335');
INSERT INTO "study_user_attributes" VALUES(9,1,'archsearch:note','""');
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'width',6.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 2, "high": 9}}');
INSERT INTO "trial_params" VALUES(2,2,'width',9.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 2, "high": 9}}');
INSERT INTO "trial_params" VALUES(3,3,'width',6.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 2, "high": 9}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_system_attributes" VALUES(1,1,'constraints:structure','0.0');
INSERT INTO "trial_system_attributes" VALUES(2,1,'constraints:latent.size <= 512','-0.8125');
INSERT INTO "trial_system_attributes" VALUES(3,1,'artifacts:c073d7bd-5bca-492d-a7e6-de38dc4f577a','"{\"artifact_id\": \"c073d7bd-5bca-492d-a7e6-de38dc4f577a\", \"filename\": \"seed-0.png\", \"mimetype\": \"image/png\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(4,1,'artifacts:3554f0d8-ee1b-46d7-bd28-7408abb85f28','"{\"artifact_id\": \"3554f0d8-ee1b-46d7-bd28-7408abb85f28\", \"filename\": \"seed-1.png\", \"mimetype\": \"image/png\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(5,2,'constraints:structure','0.0');
INSERT INTO "trial_system_attributes" VALUES(6,2,'constraints:latent.size <= 512','-0.71875');
INSERT INTO "trial_system_attributes" VALUES(7,2,'artifacts:5f9aafd6-a668-4c65-97ea-50e6080e9e25','"{\"artifact_id\": \"5f9aafd6-a668-4c65-97ea-50e6080e9e25\", \"filename\": \"seed-0.png\", \"mimetype\": \"image/png\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(8,2,'artifacts:037b91fa-4ccc-4863-bdd8-43bfe52c37b4','"{\"artifact_id\": \"037b91fa-4ccc-4863-bdd8-43bfe52c37b4\", \"filename\": \"seed-1.png\", \"mimetype\": \"image/png\", \"encoding\": null}"');
INSERT INTO "trial_system_attributes" VALUES(9,3,'constraints:structure','0.0');
INSERT INTO "trial_system_attributes" VALUES(10,3,'constraints:latent.size <= 512','-0.8125');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'slot','0');
INSERT INTO "trial_user_attributes" VALUES(2,1,'values','"{\"width\":6}"');
INSERT INTO "trial_user_attributes" VALUES(3,1,'plan','"{\"key\":\"dd948f94bd30e8e5\",\"name\":\"tiny\",\"spec\":\"name: tiny\\ninput: {channels: auto, height: 8, width: 8}\\nencoder:\\n  - conv: {channels: 6, stride: 2, activation: relu}\\ndecoder:\\n  - upsample: {}\\n  - conv: {channels: auto, activation: relu}\\n\",\"layers\":[{\"index\":1,\"section\":\"encoder\",\"path\":\"encoder[0].conv\",\"kind\":\"conv\",\"formula\":\"((8 \u2212 3 + 1)/2 + 1)\u00b2\u00b76 = 96\",\"output\":[6,4,4],\"params\":168,\"macs\":2592},{\"index\":2,\"section\":\"decoder\",\"path\":\"decoder.mirror\",\"kind\":\"upsample\",\"formula\":\"(4\u00b72)\u00b2\u00b76 = 384\",\"output\":[6,8,8],\"params\":0,\"macs\":0},{\"index\":3,\"section\":\"decoder\",\"path\":\"decoder.mirror\",\"kind\":\"conv\",\"formula\":\"((8 \u2212 3 + 2\u00b71)/1 + 1)\u00b2\u00b73 = 192\",\"output\":[3,8,8],\"params\":165,\"macs\":10368}],\"latent_size\":96,\"effective_size\":96,\"latent_channels\":6,\"latent_height\":4,\"latent_width\":4,\"compression\":2.0,\"params\":333,\"macs\":12960,\"encoder_depth\":1,\"bottleneck_size\":96,\"bottleneck_after\":[\"encoder[0].conv\"],\"trunk\":\"9f68aa2173051e8b\"}"');
INSERT INTO "trial_user_attributes" VALUES(4,1,'claim','""');
INSERT INTO "trial_user_attributes" VALUES(5,1,'seed:0','"{\"seed\":0,\"state\":\"complete\",\"reason\":\"\",\"result\":{\"task\":\"inpaint\",\"seed\":0,\"splits\":{\"train\":48,\"val\":6,\"test\":6},\"epochs\":1,\"history\":[{\"epoch\":1,\"lr\":0.01,\"train_loss\":0.19288451969623566,\"train_mse\":0.19288453459739685,\"val_mse\":0.30245980901091685,\"seconds\":0.07933025800230098}],\"train_mse\":0.19288453459739685,\"val\":{\"mse\":0.30245980901091685,\"psnr\":5.193323264145713,\"ssim\":null,\"color\":null},\"test\":{\"mse\":0.1635118523869697,\"psnr\":7.8645076141534895,\"ssim\":null,\"color\":null},\"baselines\":{\"channel_mean_val\":0.09043670642400901,\"channel_mean_test\":0.06743555205501853,\"pca_val\":null,\"pca_test\":null,\"pca_bottleneck_val\":null,\"pca_bottleneck_test\":null,\"patch_pca_val\":null,\"patch_pca_test\":null,\"untouched_val\":0.04213247521086807,\"untouched_test\":0.027678845543832917,\"linear_val\":0.022111476560858205,\"linear_test\":0.008346822745088677,\"gray_copy_val\":null,\"gray_copy_test\":null,\"mean_chroma_val\":null,\"mean_chroma_test\":null,\"gray_copy_color\":null,\"mean_chroma_color\":null},\"collapsed\":true,\"variance_share\":0.001907717411472513,\"images_per_s\":714.387280600815,\"seconds\":0.19114079900464276,\"data_fingerprint\":\"5cd858eee2fadc0a\",\"environment\":{\"versions\":{\"python\":\"3.11.7\",\"archsearch\":\"0.1.0\",\"torch\":\"2.14.1\",\"torchvision\":\"0.29.1\",\"numpy\":\"2.4.6\",\"optuna\":\"5.0.0\",\"pydantic\":\"2.14.4\",\"safetensors\":\"0.8.0\"},\"machine\":\"Intel(R) Xeon(R) Processor, Linux x86_64\",\"device\":\"cpu\",\"threads\":2},\"codes\":{\"pictures\":6,\"units\":96,\"active\":42,\"rank\":5,\"mse\":0.30245980901091685,\"mse_8bit\":0.30217895171166936,\"mse_4bit\":0.3022019057959715},\"classes\":[],\"chroma\":null,\"fed_mean\":[],\"fed_std\":[]},\"pictures\":\"c073d7bd-5bca-492d-a7e6-de38dc4f577a\",\"pictures_sha256\":\"98c9d4d500fed0f1dc80051862bcfb2c0f1743bb5b89cc062856f4555e0c0ed2\",\"ended\":1795913284.6384692}"');
INSERT INTO "trial_user_attributes" VALUES(6,1,'seed:1','"{\"seed\":1,\"state\":\"complete\",\"reason\":\"\",\"result\":{\"task\":\"inpaint\",\"seed\":1,\"splits\":{\"train\":48,\"val\":6,\"test\":6},\"epochs\":1,\"history\":[{\"epoch\":1,\"lr\":0.01,\"train_loss\":0.17153996229171753,\"train_mse\":0.17153996229171753,\"val_mse\":0.17133588156972263,\"seconds\":0.0966373779992864}],\"train_mse\":0.17153996229171753,\"val\":{\"mse\":0.17133588156972263,\"psnr\":7.6615167652143334,\"ssim\":null,\"color\":null},\"test\":{\"mse\":0.08744083030614604,\"psnr\":10.582857271372024,\"ssim\":null,\"color\":null},\"baselines\":{\"channel_mean_val\":0.09043670642400901,\"channel_mean_test\":0.06743555205501853,\"pca_val\":null,\"pca_test\":null,\"pca_bottleneck_val\":null,\"pca_bottleneck_test\":null,\"patch_pca_val\":null,\"patch_pca_test\":null,\"untouched_val\":0.04213247521086807,\"untouched_test\":0.027678845543832917,\"linear_val\":0.022111476560858205,\"linear_test\":0.008346822745088677,\"gray_copy_val\":null,\"gray_copy_test\":null,\"mean_chroma_val\":null,\"mean_chroma_test\":null,\"gray_copy_color\":null,\"mean_chroma_color\":null},\"collapsed\":false,\"variance_share\":0.08441678324943977,\"images_per_s\":548.2377553989418,\"seconds\":0.12044062499626307,\"data_fingerprint\":\"5cd858eee2fadc0a\",\"environment\":{\"versions\":{\"python\":\"3.11.7\",\"archsearch\":\"0.1.0\",\"torch\":\"2.14.1\",\"torchvision\":\"0.29.1\",\"numpy\":\"2.4.6\",\"optuna\":\"5.0.0\",\"pydantic\":\"2.14.4\",\"safetensors\":\"0.8.0\"},\"machine\":\"Intel(R) Xeon(R) Processor, Linux x86_64\",\"device\":\"cpu\",\"threads\":2},\"codes\":{\"pictures\":6,\"units\":96,\"active\":92,\"rank\":5,\"mse\":0.17133588156972263,\"mse_8bit\":0.17277518823906832,\"mse_4bit\":0.1727151831077464},\"classes\":[],\"chroma\":null,\"fed_mean\":[],\"fed_std\":[]},\"pictures\":\"3554f0d8-ee1b-46d7-bd28-7408abb85f28\",\"pictures_sha256\":\"cdb97b297e840a92c74fbbc55611f84bee159af200ba573b517d08cf0544b923\",\"ended\":1795913284.8338213}"');
INSERT INTO "trial_user_attributes" VALUES(7,2,'slot','1');
INSERT INTO "trial_user_attributes" VALUES(8,2,'values','"{\"width\":9}"');
INSERT INTO "trial_user_attributes" VALUES(9,2,'plan','"{\"key\":\"69e1862fd3e869b7\",\"name\":\"tiny\",\"spec\":\"name: tiny\\ninput: {channels: auto, height: 8, width: 8}\\nencoder:\\n  - conv: {channels: 9, stride: 2, activation: relu}\\ndecoder:\\n  - upsample: {}\\n  - conv: {channels: auto, activation: relu}\\n\",\"layers\":[{\"index\":1,\"section\":\"encoder\",\"path\":\"encoder[0].conv\",\"kind\":\"conv\",\"formula\":\"((8 \u2212 3 + 1)/2 + 1)\u00b2\u00b79 = 144\",\"output\":[9,4,4],\"params\":252,\"macs\":3888},{\"index\":2,\"section\":\"decoder\",\"path\":\"decoder.mirror\",\"kind\":\"upsample\",\"formula\":\"(4\u00b72)\u00b2\u00b79 = 576\",\"output\":[9,8,8],\"params\":0,\"macs\":0},{\"index\":3,\"section\":\"decoder\",\"path\":\"decoder.mirror\",\"kind\":\"conv\",\"formula\":\"((8 \u2212 3 + 2\u00b71)/1 + 1)\u00b2\u00b73 = 192\",\"output\":[3,8,8],\"params\":246,\"macs\":15552}],\"latent_size\":144,\"effective_size\":144,\"latent_channels\":9,\"latent_height\":4,\"latent_width\":4,\"compression\":1.3333333333333333,\"params\":498,\"macs\":19440,\"encoder_depth\":1,\"bottleneck_size\":144,\"bottleneck_after\":[\"encoder[0].conv\"],\"trunk\":\"9f68aa2173051e8b\"}"');
INSERT INTO "trial_user_attributes" VALUES(10,2,'claim','""');
INSERT INTO "trial_user_attributes" VALUES(11,2,'seed:0','"{\"seed\":0,\"state\":\"complete\",\"reason\":\"\",\"result\":{\"task\":\"inpaint\",\"seed\":0,\"splits\":{\"train\":48,\"val\":6,\"test\":6},\"epochs\":1,\"history\":[{\"epoch\":1,\"lr\":0.01,\"train_loss\":0.21009434759616852,\"train_mse\":0.21009434759616852,\"val_mse\":0.317488519820729,\"seconds\":0.018216347001725808}],\"train_mse\":0.21009434759616852,\"val\":{\"mse\":0.317488519820729,\"psnr\":4.982719738953088,\"ssim\":null,\"color\":null},\"test\":{\"mse\":0.16283834044697626,\"psnr\":7.882433323451638,\"ssim\":null,\"color\":null},\"baselines\":{\"channel_mean_val\":0.09043670642400901,\"channel_mean_test\":0.06743555205501853,\"pca_val\":null,\"pca_test\":null,\"pca_bottleneck_val\":null,\"pca_bottleneck_test\":null,\"patch_pca_val\":null,\"patch_pca_test\":null,\"untouched_val\":0.04213247521086807,\"untouched_test\":0.027678845543832917,\"linear_val\":0.022111476560858205,\"linear_test\":0.008346822745088677,\"gray_copy_val\":null,\"gray_copy_test\":null,\"mean_chroma_val\":null,\"mean_chroma_test\":null,\"gray_copy_color\":null,\"mean_chroma_color\":null},\"collapsed\":true,\"variance_share\":0.008604764227555997,\"images_per_s\":3885.22054818295,\"seconds\":0.05692912499944214,\"data_fingerprint\":\"5cd858eee2fadc0a\",\"environment\":{\"versions\":{\"python\":\"3.11.7\",\"archsearch\":\"0.1.0\",\"torch\":\"2.14.1\",\"torchvision\":\"0.29.1\",\"numpy\":\"2.4.6\",\"optuna\":\"5.0.0\",\"pydantic\":\"2.14.4\",\"safetensors\":\"0.8.0\"},\"machine\":\"Intel(R) Xeon(R) Processor, Linux x86_64\",\"device\":\"cpu\",\"threads\":2},\"codes\":{\"pictures\":6,\"units\":144,\"active\":77,\"rank\":5,\"mse\":0.317488519820729,\"mse_8bit\":0.3186073125848796,\"mse_4bit\":0.3186655855307158},\"classes\":[],\"chroma\":null,\"fed_mean\":[],\"fed_std\":[]},\"pictures\":\"5f9aafd6-a668-4c65-97ea-50e6080e9e25\",\"pictures_sha256\":\"0558f807681b3baae0cd48bb091bad14581ecf11d735fc1397a6904e6915ca30\",\"ended\":1795913285.0411327}"');
INSERT INTO "trial_user_attributes" VALUES(12,2,'seed:1','"{\"seed\":1,\"state\":\"complete\",\"reason\":\"\",\"result\":{\"task\":\"inpaint\",\"seed\":1,\"splits\":{\"train\":48,\"val\":6,\"test\":6},\"epochs\":1,\"history\":[{\"epoch\":1,\"lr\":0.01,\"train_loss\":0.14933094382286072,\"train_mse\":0.1493309587240219,\"val_mse\":0.13443141076946577,\"seconds\":0.08551208300195867}],\"train_mse\":0.1493309587240219,\"val\":{\"mse\":0.13443141076946577,\"psnr\":8.714992437076996,\"ssim\":null,\"color\":null},\"test\":{\"mse\":0.08722749353408592,\"psnr\":10.59346606716593,\"ssim\":null,\"color\":null},\"baselines\":{\"channel_mean_val\":0.09043670642400901,\"channel_mean_test\":0.06743555205501853,\"pca_val\":null,\"pca_test\":null,\"pca_bottleneck_val\":null,\"pca_bottleneck_test\":null,\"patch_pca_val\":null,\"patch_pca_test\":null,\"untouched_val\":0.04213247521086807,\"untouched_test\":0.027678845543832917,\"linear_val\":0.022111476560858205,\"linear_test\":0.008346822745088677,\"gray_copy_val\":null,\"gray_copy_test\":null,\"mean_chroma_val\":null,\"mean_chroma_test\":null,\"gray_copy_color\":null,\"mean_chroma_color\":null},\"collapsed\":false,\"variance_share\":0.21550744116194998,\"images_per_s\":579.3027090154001,\"seconds\":0.10573945700525655,\"data_fingerprint\":\"5cd858eee2fadc0a\",\"environment\":{\"versions\":{\"python\":\"3.11.7\",\"archsearch\":\"0.1.0\",\"torch\":\"2.14.1\",\"torchvision\":\"0.29.1\",\"numpy\":\"2.4.6\",\"optuna\":\"5.0.0\",\"pydantic\":\"2.14.4\",\"safetensors\":\"0.8.0\"},\"machine\":\"Intel(R) Xeon(R) Processor, Linux x86_64\",\"device\":\"cpu\",\"threads\":2},\"codes\":{\"pictures\":6,\"units\":144,\"active\":85,\"rank\":5,\"mse\":0.13443141076946577,\"mse_8bit\":0.13544584315843425,\"mse_4bit\":0.1354155934989189},\"classes\":[],\"chroma\":null,\"fed_mean\":[],\"fed_std\":[]},\"pictures\":\"037b91fa-4ccc-4863-bdd8-43bfe52c37b4\",\"pictures_sha256\":\"d96ffd767344dac119595c272eb75550366c59af0e20c9933a2facd87da14581\",\"ended\":1795913285.2154896}"');
INSERT INTO "trial_user_attributes" VALUES(13,3,'slot','2');
INSERT INTO "trial_user_attributes" VALUES(14,3,'values','"{\"width\":6}"');
INSERT INTO "trial_user_attributes" VALUES(15,3,'plan','"{\"key\":\"dd948f94bd30e8e5\",\"name\":\"tiny\",\"spec\":\"name: tiny\\ninput: {channels: auto, height: 8, width: 8}\\nencoder:\\n  - conv: {channels: 6, stride: 2, activation: relu}\\ndecoder:\\n  - upsample: {}\\n  - conv: {channels: auto, activation: relu}\\n\",\"layers\":[{\"index\":1,\"section\":\"encoder\",\"path\":\"encoder[0].conv\",\"kind\":\"conv\",\"formula\":\"((8 \u2212 3 + 1)/2 + 1)\u00b2\u00b76 = 96\",\"output\":[6,4,4],\"params\":168,\"macs\":2592},{\"index\":2,\"section\":\"decoder\",\"path\":\"decoder.mirror\",\"kind\":\"upsample\",\"formula\":\"(4\u00b72)\u00b2\u00b76 = 384\",\"output\":[6,8,8],\"params\":0,\"macs\":0},{\"index\":3,\"section\":\"decoder\",\"path\":\"decoder.mirror\",\"kind\":\"conv\",\"formula\":\"((8 \u2212 3 + 2\u00b71)/1 + 1)\u00b2\u00b73 = 192\",\"output\":[3,8,8],\"params\":165,\"macs\":10368}],\"latent_size\":96,\"effective_size\":96,\"latent_channels\":6,\"latent_height\":4,\"latent_width\":4,\"compression\":2.0,\"params\":333,\"macs\":12960,\"encoder_depth\":1,\"bottleneck_size\":96,\"bottleneck_after\":[\"encoder[0].conv\"],\"trunk\":\"9f68aa2173051e8b\"}"');
INSERT INTO "trial_user_attributes" VALUES(16,3,'duplicate_of','0');
INSERT INTO "trial_user_attributes" VALUES(17,3,'seed:0','"{\"seed\":0,\"state\":\"complete\",\"reason\":\"\",\"result\":{\"task\":\"inpaint\",\"seed\":0,\"splits\":{\"train\":48,\"val\":6,\"test\":6},\"epochs\":1,\"history\":[{\"epoch\":1,\"lr\":0.01,\"train_loss\":0.19288451969623566,\"train_mse\":0.19288453459739685,\"val_mse\":0.30245980901091685,\"seconds\":0.07933025800230098}],\"train_mse\":0.19288453459739685,\"val\":{\"mse\":0.30245980901091685,\"psnr\":5.193323264145713,\"ssim\":null,\"color\":null},\"test\":{\"mse\":0.1635118523869697,\"psnr\":7.8645076141534895,\"ssim\":null,\"color\":null},\"baselines\":{\"channel_mean_val\":0.09043670642400901,\"channel_mean_test\":0.06743555205501853,\"pca_val\":null,\"pca_test\":null,\"pca_bottleneck_val\":null,\"pca_bottleneck_test\":null,\"patch_pca_val\":null,\"patch_pca_test\":null,\"untouched_val\":0.04213247521086807,\"untouched_test\":0.027678845543832917,\"linear_val\":0.022111476560858205,\"linear_test\":0.008346822745088677,\"gray_copy_val\":null,\"gray_copy_test\":null,\"mean_chroma_val\":null,\"mean_chroma_test\":null,\"gray_copy_color\":null,\"mean_chroma_color\":null},\"collapsed\":true,\"variance_share\":0.001907717411472513,\"images_per_s\":714.387280600815,\"seconds\":0.19114079900464276,\"data_fingerprint\":\"5cd858eee2fadc0a\",\"environment\":{\"versions\":{\"python\":\"3.11.7\",\"archsearch\":\"0.1.0\",\"torch\":\"2.14.1\",\"torchvision\":\"0.29.1\",\"numpy\":\"2.4.6\",\"optuna\":\"5.0.0\",\"pydantic\":\"2.14.4\",\"safetensors\":\"0.8.0\"},\"machine\":\"Intel(R) Xeon(R) Processor, Linux x86_64\",\"device\":\"cpu\",\"threads\":2},\"codes\":{\"pictures\":6,\"units\":96,\"active\":42,\"rank\":5,\"mse\":0.30245980901091685,\"mse_8bit\":0.30217895171166936,\"mse_4bit\":0.3022019057959715},\"classes\":[],\"chroma\":null,\"fed_mean\":[],\"fed_std\":[]},\"pictures\":\"c073d7bd-5bca-492d-a7e6-de38dc4f577a\",\"pictures_sha256\":\"98c9d4d500fed0f1dc80051862bcfb2c0f1743bb5b89cc062856f4555e0c0ed2\",\"ended\":1795913284.6384692}"');
INSERT INTO "trial_user_attributes" VALUES(18,3,'seed:1','"{\"seed\":1,\"state\":\"complete\",\"reason\":\"\",\"result\":{\"task\":\"inpaint\",\"seed\":1,\"splits\":{\"train\":48,\"val\":6,\"test\":6},\"epochs\":1,\"history\":[{\"epoch\":1,\"lr\":0.01,\"train_loss\":0.17153996229171753,\"train_mse\":0.17153996229171753,\"val_mse\":0.17133588156972263,\"seconds\":0.0966373779992864}],\"train_mse\":0.17153996229171753,\"val\":{\"mse\":0.17133588156972263,\"psnr\":7.6615167652143334,\"ssim\":null,\"color\":null},\"test\":{\"mse\":0.08744083030614604,\"psnr\":10.582857271372024,\"ssim\":null,\"color\":null},\"baselines\":{\"channel_mean_val\":0.09043670642400901,\"channel_mean_test\":0.06743555205501853,\"pca_val\":null,\"pca_test\":null,\"pca_bottleneck_val\":null,\"pca_bottleneck_test\":null,\"patch_pca_val\":null,\"patch_pca_test\":null,\"untouched_val\":0.04213247521086807,\"untouched_test\":0.027678845543832917,\"linear_val\":0.022111476560858205,\"linear_test\":0.008346822745088677,\"gray_copy_val\":null,\"gray_copy_test\":null,\"mean_chroma_val\":null,\"mean_chroma_test\":null,\"gray_copy_color\":null,\"mean_chroma_color\":null},\"collapsed\":false,\"variance_share\":0.08441678324943977,\"images_per_s\":548.2377553989418,\"seconds\":0.12044062499626307,\"data_fingerprint\":\"5cd858eee2fadc0a\",\"environment\":{\"versions\":{\"python\":\"3.11.7\",\"archsearch\":\"0.1.0\",\"torch\":\"2.14.1\",\"torchvision\":\"0.29.1\",\"numpy\":\"2.4.6\",\"optuna\":\"5.0.0\",\"pydantic\":\"2.14.4\",\"safetensors\":\"0.8.0\"},\"machine\":\"Intel(R) Xeon(R) Processor, Linux x86_64\",\"device\":\"cpu\",\"threads\":2},\"codes\":{\"pictures\":6,\"units\":96,\"active\":92,\"rank\":5,\"mse\":0.17133588156972263,\"mse_8bit\":0.17277518823906832,\"mse_4bit\":0.1727151831077464},\"classes\":[],\"chroma\":null,\"fed_mean\":[],\"fed_std\":[]},\"pictures\":\"3554f0d8-ee1b-46d7-bd28-7408abb85f28\",\"pictures_sha256\":\"cdb97b297e840a92c74fbbc55611f84bee159af200ba573b517d08cf0544b923\",\"ended\":1795913284.8338213}"');
INSERT INTO "trial_user_attributes" VALUES(19,3,'claim','""');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,2.36897845290319736255e-01,'FINITE');
INSERT INTO "trial_values" VALUES(2,1,1,333.0,'FINITE');
INSERT INTO "trial_values" VALUES(3,2,0,2.25959965295097375825e-01,'FINITE');
INSERT INTO "trial_values" VALUES(4,2,1,498.0,'FINITE');
INSERT INTO "trial_values" VALUES(5,3,0,2.36897845290319736255e-01,'FINITE');
INSERT INTO "trial_values" VALUES(6,3,1,333.0,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-29 00:48:02.802336','2026-11-29 00:48:04.871038');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-29 00:48:04.891073','2026-11-29 00:48:05.248079');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-29 00:48:05.266156','2026-11-29 00:48:05.370953');
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'5.0.0');
CREATE INDEX ix_archsearch_slots_key ON archsearch_slots (study_id, "key");
CREATE INDEX ix_archsearch_claims_open ON archsearch_claims (study_id, state, position);
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
