//Maya ASCII 2025 scene
//Name: orrery.ma
//Last modified: Sat, Nov 21, 2026 02:00:00 AM
//Codeset: UTF-8
requires maya "2025";
currentUnit -l centimeter -a degree -t film;
fileInfo "application" "maya";
fileInfo "product" "Maya 2025";
fileInfo "version" "2025";
fileInfo "license" "MIT, as the rest of farmfutures";
fileInfo "UUID" "5B0D1C3E-7C52-4A53-9C57-0F6A2B9E4D11";
createNode transform -s -n "persp";
	rename -uid "6513270E-269E-0D37-F2A7-4DE452E6B438";
	setAttr ".v" no;
	setAttr ".t" -type "double3" 0 46 52 ;
	setAttr ".r" -type "double3" -42 0 0 ;
createNode camera -s -n "perspShape" -p "persp";
	rename -uid "D23F0824-128B-2F33-0C5C-7FD0A6A3A450";
	setAttr -k off ".v" no;
	setAttr ".fl" 35;
	setAttr ".imn" -type "string" "persp";
	setAttr ".den" -type "string" "persp_depth";
	setAttr ".man" -type "string" "persp_mask";
	setAttr ".hc" -type "string" "viewSet -p %camera";
createNode transform -s -n "top";
	rename -uid "9531985D-5D9D-C9F8-1818-E811892F902B";
	setAttr ".v" no;
	setAttr ".t" -type "double3" 0 1000.1 0 ;
	setAttr ".r" -type "double3" -90 0 0 ;
createNode camera -s -n "topShape" -p "top";
	rename -uid "36F675CC-81E7-4EF5-E8E2-5D940ED90475";
	setAttr -k off ".v" no;
	setAttr ".fl" 35;
	setAttr ".imn" -type "string" "top";
	setAttr ".den" -type "string" "top_depth";
	setAttr ".man" -type "string" "top_mask";
	setAttr ".hc" -type "string" "viewSet -t %camera";
	setAttr ".o" yes;
createNode transform -s -n "front";
	rename -uid "6B0D549B-6F03-675A-1600-A35A099950D8";
	setAttr ".v" no;
	setAttr ".t" -type "double3" 0 0 1000.1 ;
	setAttr ".r" -type "double3" 0 0 0 ;
createNode camera -s -n "frontShape" -p "front";
	rename -uid "8D116ECE-1738-F7D9-3D9C-172411E20B8F";
	setAttr -k off ".v" no;
	setAttr ".fl" 35;
	setAttr ".imn" -type "string" "front";
	setAttr ".den" -type "string" "front_depth";
	setAttr ".man" -type "string" "front_mask";
	setAttr ".hc" -type "string" "viewSet -f %camera";
	setAttr ".o" yes;
createNode transform -s -n "side";
	rename -uid "90C192CF-D3AC-94AF-0F21-DDB66CAD4A26";
	setAttr ".v" no;
	setAttr ".t" -type "double3" 1000.1 0 0 ;
	setAttr ".r" -type "double3" 0 90 0 ;
createNode camera -s -n "sideShape" -p "side";
	rename -uid "A170B338-3926-3059-F28C-105D1FB17C23";
	setAttr -k off ".v" no;
	setAttr ".fl" 35;
	setAttr ".imn" -type "string" "side";
	setAttr ".den" -type "string" "side_depth";
	setAttr ".man" -type "string" "side_mask";
	setAttr ".hc" -type "string" "viewSet -s %camera";
	setAttr ".o" yes;
createNode transform -n "orrery";
	rename -uid "0FD630F1-F29D-0DA9-953F-48F1A09F76B5";
createNode transform -n "sun" -p "orrery";
	rename -uid "0CB1E29C-658C-DA14-95E6-0AF593BD04CF";
createNode mesh -n "sunShape" -p "sun";
	rename -uid "8E81973E-0BEC-D7B0-3898-D190F9EBDACC";
	setAttr -k off ".v";
	setAttr ".vir" yes;
	setAttr ".vif" yes;
	setAttr ".uvst[0].uvsn" -type "string" "map1";
	setAttr ".cuvs" -type "string" "map1";
createNode transform -n "ember" -p "orrery";
	rename -uid "6B4CB242-4A23-D596-2217-BEADDBC496CB";
createNode mesh -n "emberShape" -p "ember";
	rename -uid "92276658-1E27-A1C0-8A6A-63EC24EDE6A4";
	setAttr -k off ".v";
	setAttr ".vir" yes;
	setAttr ".vif" yes;
	setAttr ".uvst[0].uvsn" -type "string" "map1";
	setAttr ".cuvs" -type "string" "map1";
createNode transform -n "tide" -p "orrery";
	rename -uid "AE97BA94-D0ED-A82F-8F6D-05584EF8AA38";
createNode mesh -n "tideShape" -p "tide";
	rename -uid "923A7369-94E3-BF91-1A61-DBE22E44158B";
	setAttr -k off ".v";
	setAttr ".vir" yes;
	setAttr ".vif" yes;
	setAttr ".uvst[0].uvsn" -type "string" "map1";
	setAttr ".cuvs" -type "string" "map1";
createNode transform -n "tide_moon_pivot" -p "tide";
	rename -uid "18F135D2-5F55-7203-3018-50C5A38FD547";
createNode transform -n "moon" -p "tide_moon_pivot";
	rename -uid "907A70C3-1012-F037-B64C-E4228C38FB29";
	setAttr ".t" -type "double3" 2.1 0 0 ;
createNode mesh -n "moonShape" -p "moon";
	rename -uid "7F150524-34B9-B5DF-9E77-69B10F4205B4";
	setAttr -k off ".v";
	setAttr ".vir" yes;
	setAttr ".vif" yes;
	setAttr ".uvst[0].uvsn" -type "string" "map1";
	setAttr ".cuvs" -type "string" "map1";
createNode transform -n "giant" -p "orrery";
	rename -uid "C6F87718-6D76-B07E-881E-D162AE2EB154";
createNode mesh -n "giantShape" -p "giant";
	rename -uid "EC66A787-95E7-61D1-7731-AF10506BF2EF";
	setAttr -k off ".v";
	setAttr ".vir" yes;
	setAttr ".vif" yes;
	setAttr ".uvst[0].uvsn" -type "string" "map1";
	setAttr ".cuvs" -type "string" "map1";
createNode transform -n "giant_moon_pivot1" -p "giant";
	rename -uid "3F98E277-4CBD-87AD-5C90-A9587403E430";
createNode transform -n "pebble" -p "giant_moon_pivot1";
	rename -uid "C7A2EA20-B2F1-4C94-2E05-319ACB5C7427";
	setAttr ".t" -type "double3" 3 0 0 ;
createNode mesh -n "pebbleShape" -p "pebble";
	rename -uid "4CDD2055-930D-6EAF-14F4-733F3E7D1BFB";
	setAttr -k off ".v";
	setAttr ".vir" yes;
	setAttr ".vif" yes;
	setAttr ".uvst[0].uvsn" -type "string" "map1";
	setAttr ".cuvs" -type "string" "map1";
createNode transform -n "giant_moon_pivot2" -p "giant";
	rename -uid "57EE05CD-E009-02C7-7EBF-F20686734721";
	setAttr ".rx" 12;
createNode transform -n "cinder" -p "giant_moon_pivot2";
	rename -uid "9BE4BCFC-49B6-4A08-72E6-CC3ABABCED20";
	setAttr ".t" -type "double3" -4.4 0 0 ;
createNode mesh -n "cinderShape" -p "cinder";
	rename -uid "830E07BC-1E39-8F10-12BD-4ACEFAECBD38";
	setAttr -k off ".v";
	setAttr ".vir" yes;
	setAttr ".vif" yes;
	setAttr ".uvst[0].uvsn" -type "string" "map1";
	setAttr ".cuvs" -type "string" "map1";
createNode transform -n "comet" -p "orrery";
	rename -uid "5790F82E-C1D3-FCFF-2A3A-F4D46B0A18E8";
createNode mesh -n "cometShape" -p "comet";
	rename -uid "6BF46C69-7D2C-AF82-EEEA-CBE226E87555";
	setAttr -k off ".v";
	setAttr ".vir" yes;
	setAttr ".vif" yes;
	setAttr ".uvst[0].uvsn" -type "string" "map1";
	setAttr ".cuvs" -type "string" "map1";
createNode polySphere -n "polySphere1";
	rename -uid "13DEEF86-AB10-31D0-F646-E1F40A097C97";
	setAttr ".r" 2.2;
	setAttr ".sa" 24;
	setAttr ".sh" 16;
createNode polySphere -n "polySphere2";
	rename -uid "CA02135E-92B1-D3F2-8EDE-0D7AC3BAEA9E";
	setAttr ".r" 0.55;
	setAttr ".sa" 24;
	setAttr ".sh" 16;
createNode polySphere -n "polySphere3";
	rename -uid "57124242-5051-C1CC-D17F-9ACAE01F5057";
	setAttr ".r" 0.8;
	setAttr ".sa" 24;
	setAttr ".sh" 16;
createNode polySphere -n "polySphere4";
	rename -uid "7F26144B-9828-9FCD-59A5-4A7BB1FEE08F";
	setAttr ".r" 0.25;
	setAttr ".sa" 24;
	setAttr ".sh" 16;
createNode polySphere -n "polySphere5";
	rename -uid "119A72D1-74C9-DF6A-CC01-1CDD9474031B";
	setAttr ".r" 1.5;
	setAttr ".sa" 24;
	setAttr ".sh" 16;
createNode polySphere -n "polySphere6";
	rename -uid "451ABD81-F1D6-9ED6-17F5-E837D70820FE";
	setAttr ".r" 0.3;
	setAttr ".sa" 24;
	setAttr ".sh" 16;
createNode polySphere -n "polySphere7";
	rename -uid "10A3D6B2-AA05-E11A-B271-5945795E8229";
	setAttr ".r" 0.35;
	setAttr ".sa" 24;
	setAttr ".sh" 16;
createNode polySphere -n "polySphere8";
	rename -uid "4F426DCB-B394-FB36-BB2D-420F0F88080B";
	setAttr ".r" 0.3;
	setAttr ".sa" 24;
	setAttr ".sh" 16;
createNode animCurveTL -n "ember_translateX";
	rename -uid "AE658F33-FE3B-890B-93F4-48B3A5AA3C81";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 51 ".ktv[0:50]"  -1 4.949367 1 4.753392 3 2.261576 5 -1.146259 7 -4.287825 9 -6.554259
		 11 -7.68727 13 -7.597231 15 -6.290466 17 -3.87451 19 -0.644489
		 21 2.717973 23 4.949367 25 4.753392 27 2.261576 29 -1.146259
		 31 -4.287825 33 -6.554259 35 -7.68727 37 -7.597231 39 -6.290466
		 41 -3.87451 43 -0.644489 45 2.717973 47 4.949367 49 4.753392
		 51 2.261576 53 -1.146259 55 -4.287825 57 -6.554259 59 -7.68727
		 61 -7.597231 63 -6.290466 65 -3.87451 67 -0.644489 69 2.717973
		 71 4.949367 73 4.753392 75 2.261576 77 -1.146259 79 -4.287825
		 81 -6.554259 83 -7.68727 85 -7.597231 87 -6.290466 89 -3.87451
		 91 -0.644489 93 2.717973 95 4.949367 97 4.753392 99 2.261576;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "ember_translateY";
	rename -uid "B774EB52-48DB-40AF-7215-8370D269A9A5";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 51 ".ktv[0:50]"  -1 -0.105024 1 0.139114 3 0.31946 5 0.381784 7 0.339155 9 0.224821
		 11 0.070815 13 -0.094642 15 -0.24469 17 -0.350659 19 -0.379944
		 21 -0.30019 23 -0.105024 25 0.139114 27 0.31946 29 0.381784 31 0.339155
		 33 0.224821 35 0.070815 37 -0.094642 39 -0.24469 41 -0.350659
		 43 -0.379944 45 -0.30019 47 -0.105024 49 0.139114 51 0.31946
		 53 0.381784 55 0.339155 57 0.224821 59 0.070815 61 -0.094642
		 63 -0.24469 65 -0.350659 67 -0.379944 69 -0.30019 71 -0.105024
		 73 0.139114 75 0.31946 77 0.381784 79 0.339155 81 0.224821 83 0.070815
		 85 -0.094642 87 -0.24469 89 -0.350659 91 -0.379944 93 -0.30019
		 95 -0.105024 97 0.139114 99 0.31946;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "ember_translateZ";
	rename -uid "58D5563D-AB2C-D31E-E315-128862C33A4F";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 51 ".ktv[0:50]"  -1 1.748302 1 -2.31578 3 -5.317943 5 -6.355435 7 -5.645791 9 -3.742526
		 11 -1.178835 13 1.575479 15 4.073274 17 5.837299 19 6.324803
		 21 4.997153 23 1.748302 25 -2.31578 27 -5.317943 29 -6.355435
		 31 -5.645791 33 -3.742526 35 -1.178835 37 1.575479 39 4.073274
		 41 5.837299 43 6.324803 45 4.997153 47 1.748302 49 -2.31578
		 51 -5.317943 53 -6.355435 55 -5.645791 57 -3.742526 59 -1.178835
		 61 1.575479 63 4.073274 65 5.837299 67 6.324803 69 4.997153 71 1.748302
		 73 -2.31578 75 -5.317943 77 -6.355435 79 -5.645791 81 -3.742526
		 83 -1.178835 85 1.575479 87 4.073274 89 5.837299 91 6.324803
		 93 4.997153 95 1.748302 97 -2.31578 99 -5.317943;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "tide_translateX";
	rename -uid "5AFFB229-7631-A992-F0CE-583505C6AF07";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 27 ".ktv[0:26]"  -3 -2.923878 1 -8.417944 5 -11.932983 9 -12.781589 13 -10.809658
		 17 -6.382211 21 -0.412298 25 5.638426 29 9.974033 33 11.082741
		 37 8.544751 41 3.300611 45 -2.923878 49 -8.417944 53 -11.932983
		 57 -12.781589 61 -10.809658 65 -6.382211 69 -0.412298 73 5.638426
		 77 9.974033 81 11.082741 85 8.544751 89 3.300611 93 -2.923878
		 97 -8.417944 101 -11.932983;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "tide_translateY";
	rename -uid "7E62AA0A-1DF9-FD78-9C65-39382B0537E6";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 27 ".ktv[0:26]"  -3 -0.589189 1 -0.463893 5 -0.228176 9 0.058958 13 0.33298 17 0.530648
		 21 0.597899 25 0.503601 29 0.259334 33 -0.06778 37 -0.372847
		 41 -0.561535 45 -0.589189 49 -0.463893 53 -0.228176 57 0.058958
		 61 0.33298 65 0.530648 69 0.597899 73 0.503601 77 0.259334 81 -0.06778
		 85 -0.372847 89 -0.561535 93 -0.589189 97 -0.463893 101 -0.228176;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "tide_translateZ";
	rename -uid "49952399-C4AA-EAC1-37DC-76FB0F17A300";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 27 ".ktv[0:26]"  -3 -11.773954 1 -9.270132 5 -4.559718 9 1.178182 13 6.654058
		 17 10.604113 21 11.948008 25 10.06362 29 5.182361 33 -1.354469
		 37 -7.450731 41 -11.221338 45 -11.773954 49 -9.270132 53 -4.559718
		 57 1.178182 61 6.654058 65 10.604113 69 11.948008 73 10.06362
		 77 5.182361 81 -1.354469 85 -7.450731 89 -11.221338 93 -11.773954
		 97 -9.270132 101 -4.559718;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "giant_translateX";
	rename -uid "65DC9F50-3F63-AF83-BD05-61E6211C70CF";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 15 ".ktv[0:14]"  -7 -19.990225 1 -14.618241 9 -5.703293 17 4.658678 25 13.68362
		 33 18.606647 41 17.773358 49 11.471393 57 1.776491 65 -8.441048
		 73 -16.539956 81 -20.677424 89 -19.990225 97 -14.618241 105 -5.703293;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "giant_translateY";
	rename -uid "7F1B103C-DF15-82B0-EAB4-77D26415479C";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 15 ".ktv[0:14]"  -7 -0.187976 1 -0.438804 9 -0.582357 17 -0.574678 25 -0.406802
		 33 -0.118246 41 0.206604 49 0.468404 57 0.593358 65 0.556147
		 73 0.377173 81 0.107177 89 -0.187976 97 -0.438804 105 -0.582357;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "giant_translateZ";
	rename -uid "66D22876-72FD-F202-2A96-FB1A14A0F9E7";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 15 ".ktv[0:14]"  -7 6.263991 1 14.622401 9 19.406061 17 19.150174 25 13.555989
		 33 3.940365 41 -6.884725 49 -15.608773 57 -19.772665 65 -18.532672
		 73 -12.568661 81 -3.571484 89 6.263991 97 14.622401 105 19.406061;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "comet_translateX";
	rename -uid "230D977E-E225-7159-4720-771F8CA81811";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 35 ".ktv[0:34]"  -2 -19.663755 1 -18.809918 4 -17.827398 7 -16.721952 10 -15.498384
		 13 -14.160759 16 -12.712594 19 -11.157087 22 -9.497414 25 -7.737189
		 28 -5.88126 31 -3.937223 34 -1.918605 37 0.147723 40 2.201548
		 43 4.082366 46 5.20943 49 2.324821 52 -5.490612 55 -10.624513
		 58 -14.060801 61 -16.51849 64 -18.320101 67 -19.637889 70 -20.575883
		 73 -21.202387 76 -21.565 79 -21.698385 82 -21.628639 85 -21.375923
		 88 -20.956125 91 -20.381967 94 -19.663755 97 -18.809918 100 -17.827398;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "comet_translateY";
	rename -uid "8CDB305F-DD2E-1609-6E36-AAB0D1BC52D9";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 35 ".ktv[0:34]"  -2 -7.850224 1 -8.127869 4 -8.349909 7 -8.514361 10 -8.618641
		 13 -8.659446 16 -8.632577 19 -8.532695 22 -8.352957 25 -8.084462
		 28 -7.715393 31 -7.229598 34 -6.604108 37 -5.804445 40 -4.774773
		 43 -3.414371 46 -1.516528 49 1.004568 52 1.395028 55 0.587473
		 58 -0.349675 61 -1.269453 64 -2.141148 67 -2.957337 70 -3.716884
		 73 -4.420488 76 -5.069283 79 -5.664335 82 -6.206459 85 -6.69615
		 88 -7.133552 91 -7.518446 94 -7.850224 97 -8.127869 100 -8.349909;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTL -n "comet_translateZ";
	rename -uid "FC891B4A-6A50-DF4D-B4D6-6A3A47469A4D";
	setAttr ".tan" 9;
	setAttr ".wgt" no;
	setAttr -s 35 ".ktv[0:34]"  -2 21.505784 1 22.266395 4 22.874678 7 23.325196 10 23.610873
		 13 23.722657 16 23.649049 19 23.375422 22 22.883027 25 22.147481
		 28 21.136413 31 19.805572 34 18.092035 37 15.901349 40 13.080549
		 43 9.35371 46 4.154547 49 -2.752026 52 -3.821696 55 -1.60939 58 0.95794
		 61 3.477681 64 5.8657 67 8.101662 70 10.182448 73 12.10998 76 13.887362
		 79 15.517514 82 17.002669 85 18.344183 88 19.542453 91 20.596873
		 94 21.505784 97 22.266395 100 22.874678;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode animCurveTA -n "sun_rotateY";
	rename -uid "616499C9-E25A-7605-AEC6-F0245BD86D40";
	setAttr ".tan" 2;
	setAttr ".wgt" no;
	setAttr -s 2 ".ktv[0:1]"  1 0 97 360;
	setAttr ".pre" 4;
	setAttr ".pst" 4;
createNode animCurveTA -n "tide_moon_pivot_rotateY";
	rename -uid "153E7C2A-26A2-C0BD-3B12-87FFF52DDF5D";
	setAttr ".tan" 2;
	setAttr ".wgt" no;
	setAttr -s 2 ".ktv[0:1]"  1 0 13 360;
	setAttr ".pre" 4;
	setAttr ".pst" 4;
createNode animCurveTA -n "giant_moon_pivot1_rotateY";
	rename -uid "A8948C89-3B61-8676-26BB-7DBD2D1C9AF0";
	setAttr ".tan" 2;
	setAttr ".wgt" no;
	setAttr -s 2 ".ktv[0:1]"  1 40 17 400;
	setAttr ".pre" 4;
	setAttr ".pst" 4;
createNode animCurveTA -n "giant_moon_pivot2_rotateY";
	rename -uid "D4C28C2E-7C26-847F-0316-909E3BBBE9EA";
	setAttr ".tan" 2;
	setAttr ".wgt" no;
	setAttr -s 2 ".ktv[0:1]"  1 200 33 -160;
	setAttr ".pre" 4;
	setAttr ".pst" 4;
createNode animCurveTU -n "sun_scaleX";
	rename -uid "482C9CBC-4343-5CC5-2EAE-05CF96D0CC5F";
	setAttr ".tan" 18;
	setAttr ".wgt" no;
	setAttr -s 3 ".ktv[0:2]"  1 1 13 1.06 25 1;
	setAttr ".pre" 3;
	setAttr ".pst" 3;
createNode animCurveTU -n "comet_visibility";
	rename -uid "88DAF401-6B40-13EF-254B-0C4E010C4759";
	setAttr ".tan" 5;
	setAttr ".wgt" no;
	setAttr -s 2 ".ktv[0:1]"  1 1 96 1;
	setAttr ".pre" 0;
	setAttr ".pst" 0;
createNode lambert -n "sunlit";
	rename -uid "519088F5-90FB-BD11-9C1C-AAF75E8766ED";
	setAttr ".c" -type "float3" 1 0.78 0.35 ;
	setAttr ".ic" -type "float3" 0.9 0.6 0.2 ;
createNode shadingEngine -n "sunlitSG";
	rename -uid "DBF4A8B2-B0C4-312D-2020-3626F3FE39C0";
	setAttr ".ihi" 0;
	setAttr ".ro" yes;
createNode script -n "sceneConfigurationScriptNode";
	rename -uid "A7ABE1C2-9E1A-8EF4-F341-E07A83F73F16";
	setAttr ".b" -type "string" "playbackOptions -min 1 -max 96 -ast 1 -aet 96 ";
	setAttr ".st" 6;
select -ne :time1;
	setAttr ".o" 1;
select -ne :defaultRenderGlobals;
	setAttr ".fs" 1;
	setAttr ".ef" 96;
select -ne :defaultResolution;
	setAttr ".w" 1280;
	setAttr ".h" 720;
connectAttr "polySphere1.out" "sunShape.i";
connectAttr "polySphere2.out" "emberShape.i";
connectAttr "polySphere3.out" "tideShape.i";
connectAttr "polySphere4.out" "moonShape.i";
connectAttr "polySphere5.out" "giantShape.i";
connectAttr "polySphere6.out" "pebbleShape.i";
connectAttr "polySphere7.out" "cinderShape.i";
connectAttr "polySphere8.out" "cometShape.i";
connectAttr "ember_translateX.o" "ember.tx";
connectAttr "ember_translateY.o" "ember.ty";
connectAttr "ember_translateZ.o" "ember.tz";
connectAttr "tide_translateX.o" "tide.tx";
connectAttr "tide_translateY.o" "tide.ty";
connectAttr "tide_translateZ.o" "tide.tz";
connectAttr "giant_translateX.o" "giant.tx";
connectAttr "giant_translateY.o" "giant.ty";
connectAttr "giant_translateZ.o" "giant.tz";
connectAttr "comet_translateX.o" "comet.tx";
connectAttr "comet_translateY.o" "comet.ty";
connectAttr "comet_translateZ.o" "comet.tz";
connectAttr "sun_rotateY.o" "sun.ry";
connectAttr "tide_moon_pivot_rotateY.o" "tide_moon_pivot.ry";
connectAttr "giant_moon_pivot1_rotateY.o" "giant_moon_pivot1.ry";
connectAttr "giant_moon_pivot2_rotateY.o" "giant_moon_pivot2.ry";
connectAttr "sun_scaleX.o" "sun.sx";
connectAttr "comet_visibility.o" "comet.v";
connectAttr "sunlit.oc" "sunlitSG.ss";
connectAttr "sunShape.iog" "sunlitSG.dsm" -na;
connectAttr "emberShape.iog" ":initialShadingGroup.dsm" -na;
connectAttr "tideShape.iog" ":initialShadingGroup.dsm" -na;
connectAttr "moonShape.iog" ":initialShadingGroup.dsm" -na;
connectAttr "giantShape.iog" ":initialShadingGroup.dsm" -na;
connectAttr "pebbleShape.iog" ":initialShadingGroup.dsm" -na;
connectAttr "cinderShape.iog" ":initialShadingGroup.dsm" -na;
connectAttr "cometShape.iog" ":initialShadingGroup.dsm" -na;
connectAttr "sunlitSG.pa" ":renderPartition.st" -na;
connectAttr "sunlit.msg" ":defaultShaderList1.s" -na;
// End of orrery.ma
